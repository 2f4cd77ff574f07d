import Foundation
import TestSupport
import Testing

/// Runs that are ended before their time.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SignalTests {
    private static let topology = Repository.root.appending(path: "Topologies/synfire.json").path

    /// Starts a long run, sends a signal to one of its processes once it records, and waits for the end.
    ///
    /// - Parameter target: `P`: the program that was started; `M`: mpirun; `R`: the last rank.
    private func end(_ program: String, _ target: String, by signal: String, in folder: TemporaryFolder) throws
        -> CommandResult
    {
        let script = """
            \(program) \(Self.topology) --duration 100000000 -o out --quiet &
            P=$!
            for i in $(seq 300); do [ -e out/.partial/spikes.0.spill ] && break; sleep 0.1; done
            sleep 0.5
            M=$P; [ "$(cat /proc/$P/comm)" = mpirun ] || M=$(pgrep -P $P -x mpirun)
            R=$([ -n "$M" ] && pgrep -P $M -x spinnsim)
            kill -\(signal) \(target == "R" ? "$(echo $R | sed 's/.* //')" : "$" + target)
            wait $P; code=$?
            for i in $(seq 80); do
                left=; for p in $P $M $R; do grep -qs 'State:.[^Z]' /proc/$p/status && left="$left $p"; done
                [ -z "$left" ] && break; sleep 0.1
            done
            [ -z "$left" ] || { echo "still there:$left"; kill -9 $left; }
            exit $code
            """
        return try Command.run(
            ["bash", "-c", script], in: folder.url, environment: ["S": Command.spinnsim], seconds: 90)
    }

    /// - Parameters:
    ///   - codes: That the program may end with.
    ///   - who: What the one message names.
    @Test(arguments: [
        ("$S", "P", "INT", [130], "the run was ended by SIGINT"),
        ("$S", "P", "HUP", [129], "the run was ended by SIGHUP"),
        ("$S run --ranks 3", "P", "INT", [130], "the run was ended by SIGINT"),
        ("$S run --ranks 3", "P", "TERM", [143], "the run was ended by SIGTERM"),
        ("$S run --ranks 3", "P", "QUIT", [131], "the run was ended by SIGQUIT"),
        ("$S run --ranks 3", "R", "KILL", [137], "rank 2 was ended by SIGKILL"),
        ("$S run --ranks 3", "R", "TERM", [143], "rank 2 was ended by SIGTERM"),
        ("$S run --ranks 3", "M", "TERM", [143], "mpirun was ended by a signal"),
        ("$S run --ranks 3", "M", "KILL", [137], "mpirun was ended by SIGKILL"),
    ]) func theEndIsTold(program: String, target: String, signal: String, codes: [Int32], who: String) throws {
        let folder = try TemporaryFolder()
        let result = try end(program, target, by: signal, in: folder)
        #expect(codes.contains(result.status), "\(result.status): \(result.errors)")
        #expect(!result.output.contains("still there"), "\(result.output)")
        let messages = result.errors.split(separator: "\n").filter { $0.hasPrefix("error") }
        #expect(messages.count == 1, "\(result.errors)")
        #expect(messages.allSatisfy { $0.contains(who) }, "\(result.errors)")
        #expect(messages.allSatisfy { $0.contains("'spinnsim gather out' recovers") }, "\(result.errors)")
        #expect(try Command.run([Command.spinnsim, "gather", "out"], in: folder.url).status == 0)
    }

    /// Ranks end with the program that had them started, also when it cannot say so.
    @Test func nothingOutlivesAKilledLauncher() throws {
        let result = try end("$S run --ranks 3", "P", by: "KILL", in: try TemporaryFolder())
        #expect(result.status == 137 && !result.output.contains("still there"), "\(result.output)")
    }

    /// Where the user starts mpirun, its words come with ours.
    @Test(arguments: [("M", "TERM"), ("R", "KILL"), ("R", "TERM")]) func mpirunOfTheUser(target: String, signal: String)
        throws
    {
        let result = try end("mpirun --oversubscribe -n 3 $S", target, by: signal, in: try TemporaryFolder())
        #expect(result.status == (target == "M" ? 1 : signal == "KILL" ? 137 : 143), "\(result.errors)")
        #expect(!result.output.contains("still there"), "\(result.output)")
        let messages = result.errors.split(separator: "\n").filter { $0.contains("spinnsim gather out") }
        #expect(messages.count == 1, "\(result.errors)")
        if target == "R" { #expect(messages.allSatisfy { $0.contains("rank 2") }, "\(result.errors)") }
    }

    /// A launcher hands on the SIGCONT of a shell's `fg` or of `timeout`, after which a run goes on to its own end.
    @Test func beingContinuedEndsNothing() throws {
        let folder = try TemporaryFolder()
        let script = """
            mpirun --oversubscribe -n 3 $S \(Self.topology) --duration 100000000 -o out --quiet \
                --max-hours 0.002 --save-state state &
            for i in $(seq 300); do [ -e out/.partial/spikes.0.spill ] && break; sleep 0.1; done
            for i in 1 2 3; do kill -CONT $!; sleep 0.1; done
            wait $!
            """
        let result = try Command.run(
            ["bash", "-c", script], in: folder.url, environment: ["S": Command.spinnsim], seconds: 90)
        #expect(result.errors.contains("Forwarding signal"), "\(result.errors)")
        #expect(result.status == 75, "\(result.errors)")
        #expect(!result.errors.contains("was ended"), "\(result.errors)")
    }

    @Test func numbersBeyondAllMeasureAreUsageErrors() throws {
        for line in [
            "map --ranks 2 --hosts 9223372036854775807 x.json", "map --hosts 2 x.json", "map --hosts 0 x.json",
            "bench grow x.json -o y --factor nan", "bench grow x.json -o y --factor inf",
            "bench scaling x.json --neurons-per-rank 9223372036854775807", "bench scaling x.json --duration nan",
        ] {
            let result = try Command.run([Command.spinnsim] + line.split(separator: " ").map(String.init), seconds: 20)
            #expect(result.status == 64, "\(line): \(result.errors)")
        }
    }
}
