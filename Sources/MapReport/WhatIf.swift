// What would fit: the same network mapped again and again, on machines of several sizes and with several slice sizes.

public import Diagnostics
import Machine
import Mapping
import StrictJSON
public import Topology

/// A table of what a network would take under other circumstances.
public struct WhatIf: Sendable {
    /// The outcome for one number of boards and one slice size.
    public struct Case: Sendable {
        /// Boards of the machine; `nil`: the machine that the file asks for.
        public var boards: Int?
        /// Largest slice of neurons; `nil`: what the file asks for.
        public var neuronsPerCore: Int?
        /// What the mapping takes; `nil` when it does not fit.
        public var summary: MappingSummary?
        /// Packets a second over the busiest link, expected.
        public var hottestLink = 0.0
        /// What is scarcest.
        public var limit: MappingAccount.Resource?
        /// Why it does not fit.
        public var reason: String?
    }

    /// By slice size, then boards, in the order asked for.
    public let cases: [Case]
    private let name: String

    /// Maps `network` for every combination.
    ///
    /// - Parameters:
    ///   - boards: Numbers of spin5 boards, or none for the machine of the file.
    ///   - neuronsPerCore: Slice sizes of all neuron populations, or none for those of the file.
    ///   - map: The mapping to try.
    /// - Throws: What a mapping throws that is not about fitting the machine.
    /// - Determinism: a function of the arguments, but for times.
    public init(
        _ network: Network, boards: [Int], neuronsPerCore: [Int],
        map: (Network) throws(Failure) -> (mapping: Mapping, summary: MappingSummary)
    ) throws(Failure) {
        name = network.name
        var cases: [Case] = []
        for neurons in neuronsPerCore.isEmpty ? [nil] : neuronsPerCore.map(Optional.some) {
            for count in boards.isEmpty ? [nil] : boards.map(Optional.some) {
                var trial = network
                if let count { trial.machine.shape = .spin5(boards: count) }
                if let neurons {
                    trial.machine.core.neuronsPerCore = neurons
                    for p in trial.populations.indices where !trial.populations[p].model.isSource {
                        trial.populations[p].neuronsPerCore = neurons
                        trial.populations[p].coreShape = nil
                    }
                }
                var outcome = Case(boards: count, neuronsPerCore: neurons)
                do {
                    let (mapping, summary) = try map(trial)
                    let account = try MappingAccount(mapping, summary, of: trial)
                    outcome.summary = summary
                    outcome.hottestLink = account.busiestLinks(1).first?.packetsPerSecond ?? 0
                    outcome.limit = account.resources.first
                } catch {
                    // Faults may lie outside a smaller machine.
                    guard error.exitCode == .doesNotFit || (error.exitCode == .badInput && count != nil) else {
                        throw error
                    }
                    outcome.reason = error.message
                }
                cases.append(outcome)
            }
        }
        self.cases = cases
    }

    /// For each slice size in turn, the fewest boards that fit; `nil` where none of those tried does.
    public var boardsNeeded: [(neuronsPerCore: Int?, boards: Int?)] {
        var needs: [(neuronsPerCore: Int?, boards: Int?)] = []
        for outcome in cases {
            if needs.last.map({ $0.neuronsPerCore != outcome.neuronsPerCore }) ?? true {
                needs.append((outcome.neuronsPerCore, nil))
            }
            guard outcome.summary != nil, let boards = boards(outcome) else { continue }
            needs[needs.count - 1].boards = min(boards, needs[needs.count - 1].boards ?? boards)
        }
        return needs
    }

    /// The table as text.
    public var text: String {
        let rows = cases.map { outcome in
            let what = [
                outcome.neuronsPerCore.map { "\($0)" } ?? "as given", boards(outcome).map { "\($0)" } ?? "auto",
            ]
            guard let summary = outcome.summary else { return what + ["no", "", "", "", "", "", outcome.reason ?? ""] }
            return what + [
                "yes", "\(summary.chipsUsed)", "\(summary.cores)", "\(summary.entries)",
                "\(summary.maxEntriesPerChip)", MappingAccount.short(outcome.hottestLink),
                outcome.limit.map { "\($0.name) \(MappingAccount.percent($0.share))" } ?? "",
            ]
        }
        return name + "\n"
            + MappingAccount.table(
                [
                    "neurons/core", "boards", "fits", "chips", "cores", "entries", "a chip", "hottest link, packets/s",
                    "limits",
                ], rows, left: [2, 8]) + "\n\n" + needsText
    }

    private var needsText: String {
        boardsNeeded.map { need in
            let what = need.neuronsPerCore.map { "\($0) neurons a core" } ?? "as given"
            return "\(what): " + (need.boards.map { $0 == 1 ? "1 board" : "\($0) boards" } ?? "none of these fits")
        }.joined(separator: "\n")
    }

    /// The table as one JSON object.
    public var json: String {
        JSONText.object([
            ("name", .string(name)),
            (
                "boards_needed",
                .array(
                    boardsNeeded.map { need in
                        .object(
                            [("neurons_per_core", need.neuronsPerCore), ("boards", need.boards)]
                                .compactMap { name, value in value.map { (name, .integer($0)) } })
                    })
            ),
            (
                "cases",
                .array(
                    cases.map { outcome in
                        var fields: [(String, JSONText)] = []
                        if let neurons = outcome.neuronsPerCore {
                            fields.append(("neurons_per_core", .integer(neurons)))
                        }
                        if let boards = boards(outcome) { fields.append(("boards", .integer(boards))) }
                        fields.append(("fits", .bool(outcome.summary != nil)))
                        if let reason = outcome.reason { fields.append(("reason", .string(reason))) }
                        if let summary = outcome.summary { fields += Self.fields(summary, outcome) }
                        return .object(fields)
                    })
            ),
        ]).text(lines: 2)
    }

    private func boards(_ outcome: Case) -> Int? { outcome.boards ?? outcome.summary?.boards }

    private static func fields(_ summary: MappingSummary, _ outcome: Case) -> [(String, JSONText)] {
        [
            ("chips_used", .integer(summary.chipsUsed)), ("cores", .integer(summary.cores)),
            ("tree_links", .integer(summary.treeLinks)), ("entries", .integer(summary.entries)),
            ("max_entries_per_chip", .integer(summary.maxEntriesPerChip)),
            ("max_trees_per_link", .integer(summary.maxTreesPerLink)),
            ("max_packets_per_second_per_link", .real(outcome.hottestLink)),
            ("limit", .string(outcome.limit?.name ?? "")), ("limit_share", .real(outcome.limit?.share ?? 0)),
            ("seconds", .real(summary.totalSeconds)),
        ]
    }
}
