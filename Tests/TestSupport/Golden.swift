import Foundation

/// Files of this repository as tests see them.
public enum Repository {
    /// The folder that holds `Package.swift`.
    public static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A recorded vector file of `Tests/Golden`.
    public static func golden(_ name: String) -> URL { root.appending(path: "Tests/Golden/\(name)") }
}
