import Diagnostics

extension Conformance {
    /// Replays `spinnaker-golden-poptable-1`: one case per table, all its queries.
    ///
    /// The table is a reference that lives here: the engine finds rows by the routes of the mapping and has no such
    /// table.
    static func checkPopulationTable(_ file: Golden, _ report: inout ConformanceReport) throws(Failure) {
        for golden in try file.member("cases").array() {
            var check = CaseCheck(try golden.member("case").string())
            guard
                var table = PopulationTable(
                    region: try golden.member("table_region_words").words(),
                    base: try golden.member("synapse_rows_base_address").word())
            else { throw Failure(.badInput, "\(golden.place)/table_region_words does not hold what it counts") }
            try table.checkContents(golden, &check)
            for (number, query) in try golden.member("queries").array().enumerated() {
                let rows = table.rows(forKey: try query.member("key").word())
                let expected = try query.member("rows").array()
                check.compare("rows of query \(number)", expected: expected.count, found: rows.count)
                for (index, (row, golden)) in zip(rows, expected).enumerated() {
                    for (field, value) in [
                        ("row_address", row.address), ("n_bytes", row.bytes), ("colour", row.colour),
                        ("colour_mask", row.colourMask),
                    ] {
                        check.compare(
                            "\(field) of row \(index) of query \(number)", expected: try golden.member(field).word(),
                            found: value)
                    }
                }
                for (field, value) in [("ghost_searches", table.ghosts), ("invalid_hits", table.misses)] {
                    check.compare(
                        "\(field) after query \(number)", expected: try query.member(field).int(), found: value)
                }
            }
            report.count(check.mismatch)
        }
    }
}

/// The chip's table from a packet's key to its rows.
///
/// Region: number of entries and of addresses; per entry key, mask, start 13 bits | colour bits 3 | count 16, core mask
/// 16 | shift 16, neurons per core 16 | 16 unused here; per address row length 8 | address 24, low bits first.
///
/// - Source: Documentation/Chip.md, "Population table"; layout: Tests/Golden/README.md,
///   "Population table file".
private struct PopulationTable {
    struct Entry {
        var key, mask, start, colourBits, count, coreMask, maskShift, neurons: UInt32
    }

    struct Row {
        var address, bytes, colour, colourMask: UInt32
    }

    let entries: [Entry]
    /// Row length and address fields.
    let addresses: [(length: UInt32, address: UInt32)]
    let base: UInt32
    /// Entries that were found without a row.
    private(set) var ghosts = 0
    /// Keys without an entry.
    private(set) var misses = 0

    init?(region words: [UInt32], base: UInt32) {
        guard words.count >= 2 else { return nil }
        let (entryCount, addressCount) = (Int(words[0]), Int(words[1]))
        guard words.count >= 2 + 5 * entryCount + addressCount else { return nil }
        entries = (0..<entryCount).map { index in
            let w = words[(2 + 5 * index)...].prefix(5).map { $0 }
            return Entry(
                key: w[0], mask: w[1], start: w[2] & 0x1FFF, colourBits: w[2] >> 13 & 7, count: w[2] >> 16,
                coreMask: w[3] & 0xFFFF, maskShift: w[3] >> 16, neurons: w[4] & 0xFFFF)
        }
        addresses = words[(2 + 5 * entryCount)...].prefix(addressCount).map { ($0 & 0xFF, $0 >> 8) }
        self.base = base
    }

    /// The rows of a key, in order.
    mutating func rows(forKey key: UInt32) -> [Row] {
        guard let entry = find(key) else {
            misses += 1
            return []
        }
        let local = key & ~(entry.mask | entry.coreMask << entry.maskShift)
        let core = (key >> entry.maskShift) & entry.coreMask
        let colourMask = (1 << entry.colourBits as UInt32) - 1
        let neuron = (local >> entry.colourBits) &+ core &* entry.neurons
        var rows: [Row] = []
        for position in Int(entry.start)..<Int(entry.start + entry.count) where position < addresses.count {
            let (length, address) = addresses[position]
            guard address != 0xFF_FFFF else { continue }
            // Rows have one word more than the field says and three of header.
            let bytes = (length + 4) * 4
            rows.append(
                Row(
                    address: base &+ address << 4 &+ neuron &* bytes, bytes: bytes, colour: local & colourMask,
                    colourMask: colourMask))
        }
        if rows.isEmpty { ghosts += 1 }
        return rows
    }

    /// Binary search on a half-open interval.
    private func find(_ key: UInt32) -> Entry? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) >> 1
            let entry = entries[middle]
            if key & entry.mask == entry.key { return entry }
            if entry.key < key { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    /// Compares the decoded region with the entries and addresses listed beside it.
    func checkContents(_ golden: Golden, _ check: inout CaseCheck) throws(Failure) {
        let listed = try golden.member("entries").array()
        check.compare("number of entries", expected: listed.count, found: entries.count)
        for (index, (entry, golden)) in zip(entries, listed).enumerated() {
            for (field, value) in [
                ("key", entry.key), ("mask", entry.mask), ("start", entry.start), ("n_colour_bits", entry.colourBits),
                ("count", entry.count), ("core_mask", entry.coreMask), ("mask_shift", entry.maskShift),
                ("n_neurons", entry.neurons),
            ] {
                check.compare("\(field) of entry \(index)", expected: try golden.member(field).word(), found: value)
            }
        }
        for (index, (item, golden)) in zip(addresses, try golden.member("address_list").array()).enumerated() {
            check.compare(
                "row_length_field of address \(index)", expected: try golden.member("row_length_field").word(),
                found: item.length)
            check.compare(
                "address_field of address \(index)", expected: try golden.member("address_field").word(),
                found: item.address)
        }
    }
}
