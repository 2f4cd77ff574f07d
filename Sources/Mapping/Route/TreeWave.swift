// The wave that a tree grows by.
//
// Chips are looked at in shells, by their hops from the tree. A shell keeps the chips still to be joined apart: as long
// as it has one, nothing behind it is looked at, so that such a chip is only ever joined, never passed by.

/// What is known of a chip while trees are grown; reused from tree to tree.
struct TreeSite {
    /// The wave that came last, later ones below earlier ones, plus the hops from its tree.
    var reached = Int64.max
    /// What the way from the tree costs.
    var cost = 0.0
    /// Routes of target cores; nonzero on chips still to be joined.
    var wanted: UInt32 = 0
    /// Source for which `habit` is valid.
    var family: Int32 = 0
    /// The link of the way from the tree.
    var via: Int8 = -1
    /// The link by which the source's last tree came.
    var habit: Int8 = -1
    /// Links of the tree as bits, on its chips.
    var bonds: UInt8 = 0

    /// What chips have that no wave may enter.
    static let closed = Int64.min
}

/// What a path avoids; lengths come first, these decide between paths of equal length.
enum PathHabits {
    /// Cost of a link that carries as many trees as the average one; it grows with the third power.
    static let load = 0.2
    /// Cost of a bend: a chip crossed in a straight line needs no entry.
    static let bend = 4.0
    /// Cost of a way from another chip than the source: where all trees go straight to their targets, packets from one
    /// side want the same.
    static let branch = 5.0
    /// Cost of coming to a chip by another link than the source's other trees: what agrees shares entries.
    static let dissent = 4.0
}

/// Chips to look at, in lists by distance, each in the order it was reached; the memory is reused from wave to wave.
struct TreeShells {
    /// Places in the queue: the first chip that was not looked at, and the last; of chips to be joined, and of others.
    struct Shell {
        var first: Int32 = -1
        var last: Int32 = -1
        var firstWanted: Int32 = -1
        var lastWanted: Int32 = -1
    }

    fileprivate let shells: UnsafeMutablePointer<Shell>
    fileprivate var count = 0
    fileprivate var queued: UnsafeMutablePointer<(chip: Int32, next: Int32)>
    private var (queuedCount, queuedCapacity): (Int, Int)
    /// Chips of the tree, which are in the first shell.
    fileprivate(set) var treeSize = 0

    init(chipCount: Int) {
        // No chip is farther than there are chips.
        shells = .allocate(capacity: chipCount + 1)
        (queuedCount, queuedCapacity) = (0, 2 * chipCount + 8)
        queued = .allocate(capacity: queuedCapacity)
    }

    func deallocate() {
        shells.deallocate()
        queued.deallocate()
    }

    fileprivate mutating func clear() {
        (queuedCount, count, treeSize) = (0, 0, 0)
    }

    /// Has room for a shell at a distance, and for the chips behind one more.
    @inline(__always)
    fileprivate mutating func prepare(_ hops: Int) {
        if count == hops {
            (shells + count).initialize(to: Shell())
            count += 1
        }
        guard queuedCount + 6 > queuedCapacity else { return }
        let larger = UnsafeMutablePointer<(chip: Int32, next: Int32)>.allocate(capacity: 2 * queuedCapacity)
        larger.moveInitialize(from: queued, count: queuedCount)
        queued.deallocate()
        (queued, queuedCapacity) = (larger, 2 * queuedCapacity)
    }

    /// Has a chip looked at among those of a distance.
    @inline(__always)
    fileprivate mutating func append(_ chip: Int32, _ hops: Int, isWanted: Bool) {
        let place = Int32(truncatingIfNeeded: queuedCount)
        (queued + queuedCount).initialize(to: (chip, -1))
        queuedCount += 1
        let shell = shells + hops
        if isWanted {
            if shell.pointee.firstWanted < 0 {
                shell.pointee.firstWanted = place
            } else {
                queued[Int(shell.pointee.lastWanted)].next = place
            }
            shell.pointee.lastWanted = place
        } else {
            if shell.pointee.first < 0 {
                shell.pointee.first = place
            } else {
                queued[Int(shell.pointee.last)].next = place
            }
            shell.pointee.last = place
        }
    }

    /// Takes a chip to be joined, the one behind `before`, out of its shell.
    @inline(__always)
    fileprivate func unlink(_ place: Int32, behind before: Int32, _ hops: Int) {
        let next = queued[Int(place)].next
        if before < 0 { shells[hops].firstWanted = next } else { queued[Int(before)].next = next }
        if next < 0 { shells[hops].lastWanted = before }
    }
}

/// One growing tree.
struct TreeWave {
    let sites: UnsafeMutablePointer<TreeSite>
    /// `[chips × 6]`: the chip behind each link, a closed one where there is none.
    let neighbours: UnsafeMutablePointer<Int32>
    /// Trees across each link, `[chips × 6]`.
    let load: UnsafeMutablePointer<Int32>
    /// What `TreeSite.reached` is on the tree's own chips.
    let begin: Int64
    /// The tree's source.
    let family: Int32
    /// What of the average link's load one tree is.
    let scale: Double
    /// What a path avoids in a link that carries as many trees as the average one.
    let loadCost: Double
    /// Trees that a link may carry before it is closed to this one.
    let room: Int32
    var shells: TreeShells

    /// Joins all chips wanted, `start` among them; false when one cannot be reached.
    mutating func run(from start: Int, wanted count: Int) -> Bool {
        shells.clear()
        shells.prepare(0)
        join(start, bond: 0)
        var missing = count - 1
        var hops = 0
        while missing > 0 {
            guard hops < shells.count else { return false }
            if shells.shells[hops].firstWanted >= 0, let chip = cheapestWanted(at: hops) {
                addPath(to: chip)
                missing -= 1
                hops = 0
                continue
            }
            var next = shells.shells[hops].first
            shells.shells[hops].first = -1
            while next >= 0 {
                let entry = shells.queued[Int(next)]
                next = entry.next
                if sites[Int(entry.chip)].reached == begin + Int64(hops) { spread(from: Int(entry.chip), hops: hops) }
            }
            hops += 1
        }
        return true
    }

    /// Of the chips that are wanted and this far from the tree, the one with the cheapest way to it.
    ///
    /// The others wait: when this one is in the tree they may have a better way.
    private func cheapestWanted(at hops: Int) -> Int? {
        var (best, least) = (-1, Double.infinity)
        var (place, before) = (shells.shells[hops].firstWanted, Int32(-1))
        while place >= 0 {
            let (chip, next) = shells.queued[Int(place)]
            let site = sites + Int(chip)
            if site.pointee.reached == begin + Int64(hops) {
                if site.pointee.cost < least { (best, least) = (Int(chip), site.pointee.cost) }
                before = place
            } else {
                shells.unlink(place, behind: before, hops)
            }
            place = next
        }
        return best < 0 ? nil : best
    }

    /// Makes a chip part of the tree.
    @inline(__always)
    private mutating func join(_ chip: Int, bond: UInt8) {
        sites[chip].bonds = bond
        sites[chip].reached = begin
        sites[chip].cost = shells.treeSize > 0 ? PathHabits.branch : 0
        shells.append(Int32(truncatingIfNeeded: chip), 0, isWanted: false)
        shells.treeSize += 1
    }

    private mutating func spread(from chip: Int, hops: Int) {
        shells.prepare(hops + 1)
        let farther = begin + Int64(hops + 1)
        let cost = sites[chip].cost
        // The tree's own chips have no way that could go on straight.
        let straight = hops > 0 ? Int(sites[chip].via) : 6
        let (others, loads) = (neighbours + 6 * chip, load + 6 * chip)
        let isRelief = room < .max
        for link in 0..<6 {
            let other = others[link]
            let site = sites + Int(other)
            let isNew = site.pointee.reached > farther
            guard isNew || site.pointee.reached == farther, loads[link] <= room else { continue }
            var price = cost
            if !isRelief {
                let x = Double(loads[link]) * scale
                price += loadCost * x * x * x
            }
            if hops > 0, straight != link { price += PathHabits.bend }
            if site.pointee.family == family, Int(site.pointee.habit) != oppositeLink(link) {
                price += PathHabits.dissent
            }
            if isNew {
                site.pointee.reached = farther
                shells.append(other, hops + 1, isWanted: site.pointee.wanted != 0)
            } else if price >= site.pointee.cost {
                continue
            }
            site.pointee.cost = price
            site.pointee.via = Int8(truncatingIfNeeded: link)
        }
    }

    /// Joins a chip by the cheapest of the shortest paths from the tree.
    private mutating func addPath(to end: Int) {
        var chip = end
        var bond: UInt8 = 0
        while sites[chip].reached != begin {
            let link = Int(sites[chip].via)
            let back = oppositeLink(link)
            shells.prepare(0)
            join(chip, bond: bond | 1 << UInt8(truncatingIfNeeded: back))
            bond = 1 << UInt8(truncatingIfNeeded: link)
            chip = Int(neighbours[6 * chip + back])
        }
        sites[chip].bonds |= bond
    }
}

/// The number of the link at its other end.
@inline(__always)
func oppositeLink(_ link: Int) -> Int { link < 3 ? link + 3 : link - 3 }
