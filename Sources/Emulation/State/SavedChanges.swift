import Diagnostics
import Foundation
internal import Snapshots
import Topology

/// What changes have made of a session's network, and those that wait for their steps.
struct SavedChanges: Codable {
    struct Scheduled: Codable {
        var change: NetworkChange
        var isOfTopology: Bool
    }

    /// From what was loaded to what is there, and to what there is after a reset.
    var made = NetworkDifference()
    var madeForReset = NetworkDifference()
    var scheduled: [Scheduled] = []
    /// Projections whose static synapses were given weights, ascending.
    var weighted: [Int] = []

    private static let key = StateKey(.changes, core: 0)

    init() {}

    init(of session: Session) {
        made = NetworkDifference(of: session.changedNetwork, from: session.network)
        madeForReset = NetworkDifference(of: session.resetNetwork, from: session.network)
        scheduled = session.scheduled.map {
            Scheduled(change: Self.placed($0.change), isOfTopology: $0.isOfTopology)
        }
        weighted = session.weighted.sorted()
    }

    /// A change that finds its files from any folder.
    private static func placed(_ change: NetworkChange) -> NetworkChange {
        var change = change
        for index in change.weights.indices {
            guard case .file(let reference, let document) = change.weights[index].source else { continue }
            change.weights[index].source = .file(reference, document: URL(fileURLWithPath: document).path)
        }
        return change
    }

    private var isEmpty: Bool { made.isEmpty && madeForReset.isEmpty && scheduled.isEmpty && weighted.isEmpty }

    /// Writes the record, if there is anything to say.
    func put(into sink: some StateSink) throws(Failure) {
        guard !isEmpty else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let text = try? encoder.encode(self) else { throw Failure(.bug, "cannot encode what has changed") }
        var writer = StateWriter()
        writer.append(text.count)
        text.withUnsafeBytes { writer.append(bytes: $0) }
        try sink.put(Self.key, writer.words)
    }

    /// Reads the record; nothing has changed where there is none.
    init(from source: some StateSource) throws(Failure) {
        guard let words = try source.words(Self.key) else { return }
        var reader = StateReader(words)
        let count = reader.number()
        guard (0...4 * words.count).contains(count) else { throw StateMismatch.unfit(Self.key) }
        var text = [UInt8](repeating: 0, count: count)
        text.withUnsafeMutableBytes { reader.read(bytes: $0) }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard reader.isExact, let saved = try? decoder.decode(SavedChanges.self, from: Data(text)) else {
            throw StateMismatch.unfit(Self.key)
        }
        self = saved
    }
}
