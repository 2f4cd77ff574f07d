import CSQLite
import Diagnostics

/// A value of a column.
enum SQLValue {
    case integer(Int)
    case real(Double)
    case text(String)
    case null
}

/// An open SQLite database.
final class SQLiteDatabase {
    let path: String
    private var handle: OpaquePointer?

    /// Opens the database; creates it unless `readOnly`.
    init(path: String, readOnly: Bool = false) throws(Failure) {
        self.path = path
        let flags = readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK else {
            let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            handle = nil
            throw Failure(readOnly ? .noInput : .cannotCreate, "cannot open \(path): \(reason)")
        }
    }

    deinit { sqlite3_close_v2(handle) }

    /// Executes statements without results.
    func execute(_ sql: String) throws(Failure) {
        if sqlite3_exec(handle, sql, nil, nil, nil) != SQLITE_OK { throw failure(.outputFailed) }
    }

    /// Executes one statement for each row of bound parameters.
    func execute(_ sql: String, rows: some Sequence<[SQLValue]>) throws(Failure) {
        let statement = try Statement(sql, in: self)
        for row in rows {
            try statement.bind(row)
            if sqlite3_step(statement.handle) != SQLITE_DONE { throw failure(.outputFailed) }
            sqlite3_reset(statement.handle)
        }
    }

    /// All rows of a query.
    func query(_ sql: String) throws(Failure) -> [[SQLValue]] {
        let statement = try Statement(sql, in: self)
        var rows: [[SQLValue]] = []
        while true {
            switch sqlite3_step(statement.handle) {
            case SQLITE_DONE: return rows
            case SQLITE_ROW: rows.append(statement.row())
            default: throw failure(.badInput)
            }
        }
    }

    fileprivate func failure(_ code: ExitCode) -> Failure {
        let verb = code == .outputFailed ? "write" : "read"
        let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "not open"
        return Failure(code, "cannot \(verb) \(path): \(reason)")
    }

    /// A prepared statement.
    private final class Statement {
        let database: SQLiteDatabase
        private(set) var handle: OpaquePointer?

        init(_ sql: String, in database: SQLiteDatabase) throws(Failure) {
            self.database = database
            if sqlite3_prepare_v2(database.handle, sql, -1, &handle, nil) != SQLITE_OK {
                throw database.failure(.outputFailed)
            }
        }

        deinit { sqlite3_finalize(handle) }

        func bind(_ row: [SQLValue]) throws(Failure) {
            for (index, value) in row.enumerated() {
                let position = Int32(index + 1)
                let status =
                    switch value {
                    case .integer(let number): sqlite3_bind_int64(handle, position, Int64(number))
                    case .real(let number): sqlite3_bind_double(handle, position, number)
                    case .text(let text): csqlite_bind_text(handle, position, text, Int32(text.utf8.count))
                    case .null: sqlite3_bind_null(handle, position)
                    }
                if status != SQLITE_OK { throw database.failure(.outputFailed) }
            }
        }

        func row() -> [SQLValue] {
            (0..<sqlite3_column_count(handle)).map { column in
                switch sqlite3_column_type(handle, column) {
                case SQLITE_INTEGER: .integer(Int(sqlite3_column_int64(handle, column)))
                case SQLITE_FLOAT: .real(sqlite3_column_double(handle, column))
                case SQLITE_TEXT: .text(sqlite3_column_text(handle, column).map { String(cString: $0) } ?? "")
                default: .null
                }
            }
        }
    }
}
