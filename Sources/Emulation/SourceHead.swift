/// What is read of a source core at each step, side by side and without reference counts.
struct SourceHead {
    let core: Unmanaged<SourceCore>
    /// Number of the core in the mapping.
    let number: Int
    let key: UInt32
    /// Sources on the core.
    let count: Int
    let writesToMemory: Bool
    /// What goes through shared memory is handed on like packets, but is none.
    let sends: Bool
    /// Its spikes are recorded or listened to.
    var isRecorded: Bool

    init(_ source: SourceCore, reachesNobody: Bool, isRecorded: Bool) {
        core = .passUnretained(source)
        number = source.core
        key = source.key
        count = source.count
        writesToMemory = source.writesToMemory
        sends = source.writesToMemory || !reachesNobody
        self.isRecorded = isRecorded
    }
}
