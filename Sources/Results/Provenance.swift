import Diagnostics

/// Counters of a run, kept in `provenance.sqlite3` under the table and column names that sPyNNaker's scripts know.
public struct Provenance: Sendable {
    /// A counter of a chip's router.
    public struct Router: Sendable {
        public var x: Int
        public var y: Int
        /// Such as `Local_Multicast_Packets`.
        public var description: String
        public var value: Double
        /// The router was in use by this run.
        public var expected: Bool

        public init(x: Int, y: Int, description: String, value: Double, expected: Bool = true) {
            self.x = x
            self.y = y
            self.description = description
            self.value = value
            self.expected = expected
        }
    }

    /// A counter of a core.
    public struct Core: Sendable {
        public var x: Int
        public var y: Int
        /// Virtual core number.
        public var p: Int
        public var description: String
        public var value: Int

        public init(x: Int, y: Int, p: Int, description: String, value: Int) {
            self.x = x
            self.y = y
            self.p = p
            self.description = description
            self.value = value
        }
    }

    /// What runs on a core.
    public struct Placement: Sendable {
        /// `POPULATION:first-last`.
        public var name: String
        public var x: Int
        public var y: Int
        public var p: Int

        public init(name: String, x: Int, y: Int, p: Int) {
            self.name = name
            self.x = x
            self.y = y
            self.p = p
        }
    }

    /// Packets that left a chip by a link.
    public struct Link: Sendable {
        public var x: Int
        public var y: Int
        /// 0 east, then anticlockwise.
        public var link: Int
        public var packets: Int

        public init(x: Int, y: Int, link: Int, packets: Int) {
            self.x = x
            self.y = y
            self.link = link
            self.packets = packets
        }
    }

    /// How long an algorithm took.
    public struct Timer: Sendable {
        /// Phase of the run, such as `map`.
        public var category: String
        public var algorithm: String
        /// ms.
        public var timeTaken: Double

        public init(category: String, algorithm: String, timeTaken: Double) {
            self.category = category
            self.algorithm = algorithm
            self.timeTaken = timeTaken
        }
    }

    /// A counter of a projection.
    public struct Connector: Sendable {
        public var pre: String
        public var post: String
        public var type: String
        public var description: String
        public var value: Double

        public init(pre: String, post: String, type: String, description: String, value: Double) {
            self.pre = pre
            self.post = post
            self.type = type
            self.description = description
            self.value = value
        }
    }

    public var routers: [Router] = []
    public var cores: [Core] = []
    public var placements: [Placement] = []
    public var links: [Link] = []
    public var timers: [Timer] = []
    public var connectors: [Connector] = []
    /// Component and version, in the order given.
    public var versions: [(description: String, value: String)] = []

    public init() {}

    private static let schema = """
        CREATE TABLE version_provenance(
            version_id INTEGER PRIMARY KEY, description TEXT NOT NULL, the_value TEXT NOT NULL);
        CREATE TABLE category_timer_provenance(
            category_id INTEGER PRIMARY KEY, category TEXT NOT NULL, time_taken REAL, machine_on INTEGER NOT NULL,
            n_run INTEGER NOT NULL, n_loop INTEGER);
        CREATE TABLE timer_provenance(
            timer_id INTEGER PRIMARY KEY, category_id INTEGER NOT NULL, algorithm TEXT NOT NULL, work TEXT NOT NULL,
            time_taken REAL NOT NULL, skip_reason TEXT);
        CREATE TABLE router_provenance(
            chip_id INTEGER PRIMARY KEY, x INTEGER NOT NULL, y INTEGER NOT NULL, description TEXT NOT NULL,
            the_value REAL NOT NULL, expected INTEGER NOT NULL);
        CREATE TABLE core_provenance(
            core_id INTEGER PRIMARY KEY, x INTEGER NOT NULL, y INTEGER NOT NULL, p INTEGER NOT NULL,
            description TEXT NOT NULL, the_value INTEGER NOT NULL);
        CREATE TABLE core_mapping(core_name TEXT NOT NULL, x INTEGER, y INTEGER, p INTEGER);
        CREATE TABLE link_provenance(
            x INTEGER NOT NULL, y INTEGER NOT NULL, link INTEGER NOT NULL, packets INTEGER NOT NULL);
        CREATE TABLE connector_provenance(
            connector_id INTEGER PRIMARY KEY, pre_population TEXT NOT NULL, post_population TEXT NOT NULL,
            the_type TEXT NOT NULL, description TEXT NOT NULL, the_value REAL NOT NULL);
        """

    /// Writes the database to a new file.
    ///
    /// - Throws: `.cannotCreate`, `.outputFailed`.
    public func write(to path: String) throws(Failure) {
        var file = try OutputFile(creating: path)
        try file.finish()
        let database = try SQLiteDatabase(path: path)
        // A torn file never gets its final name, so no journal is needed; the caller makes the whole file durable.
        try database.execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN")
        try database.execute(Provenance.schema)
        try database.execute(
            "INSERT INTO version_provenance(description, the_value) VALUES(?, ?)",
            rows: versions.map { [.text($0.description), .text($0.value)] })
        try writeTimers(database)
        try database.execute(
            "INSERT INTO router_provenance(x, y, description, the_value, expected) VALUES(?, ?, ?, ?, ?)",
            rows: routers.lazy.map {
                [
                    .integer($0.x), .integer($0.y), .text($0.description), .real($0.value),
                    .integer($0.expected ? 1 : 0),
                ]
            })
        try database.execute(
            "INSERT INTO core_provenance(x, y, p, description, the_value) VALUES(?, ?, ?, ?, ?)",
            rows: cores.lazy.map {
                [.integer($0.x), .integer($0.y), .integer($0.p), .text($0.description), .integer($0.value)]
            })
        try database.execute(
            "INSERT INTO core_mapping(core_name, x, y, p) VALUES(?, ?, ?, ?)",
            rows: placements.lazy.map { [.text($0.name), .integer($0.x), .integer($0.y), .integer($0.p)] })
        try database.execute(
            "INSERT INTO link_provenance(x, y, link, packets) VALUES(?, ?, ?, ?)",
            rows: links.lazy.map { [.integer($0.x), .integer($0.y), .integer($0.link), .integer($0.packets)] })
        try database.execute(
            "INSERT INTO connector_provenance(pre_population, post_population, the_type, description, the_value) "
                + "VALUES(?, ?, ?, ?, ?)",
            rows: connectors.lazy.map {
                [.text($0.pre), .text($0.post), .text($0.type), .text($0.description), .real($0.value)]
            })
        try database.execute("COMMIT")
    }

    private func writeTimers(_ database: SQLiteDatabase) throws(Failure) {
        var categories: [String] = []
        for timer in timers where !categories.contains(timer.category) { categories.append(timer.category) }
        try database.execute(
            "INSERT INTO category_timer_provenance(category_id, category, time_taken, machine_on, n_run, n_loop) "
                + "VALUES(?, ?, ?, 0, 1, NULL)",
            rows: categories.enumerated().map { index, category in
                let total = timers.filter { $0.category == category }.reduce(0) { $0 + $1.timeTaken }
                return [.integer(index + 1), .text(category), .real(total)]
            })
        try database.execute(
            "INSERT INTO timer_provenance(category_id, algorithm, work, time_taken) VALUES(?, ?, ?, ?)",
            rows: timers.map { timer in
                let category = (categories.firstIndex(of: timer.category) ?? 0) + 1
                return [.integer(category), .text(timer.algorithm), .text(timer.category), .real(timer.timeTaken)]
            })
    }
}

extension RunDirectory {
    /// Writes `provenance.sqlite3`.
    public func write(_ provenance: Provenance) throws(Failure) {
        try publish("provenance.sqlite3") { (path) throws(Failure) in try provenance.write(to: path) }
    }

    /// Gives `spinnsim.log` its name, writes `run.json` and removes the ranks' logs: the end of a complete run.
    public func complete(_ summary: RunSummary) throws(Failure) {
        try publishLog()
        try write("run.json", summary.json())
        try removeWorkingFolder()
    }
}
