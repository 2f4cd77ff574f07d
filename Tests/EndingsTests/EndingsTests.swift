import Endings
import Foundation
import Testing

@Suite struct EndingsTests {
    @Test(arguments: [
        Note.rank(3, process: 17), .recording("a folder/x y"), .ended(2, signal: 15), .dismissed(0), .failed(4),
    ]) func notesReadBack(note: Note) { #expect(Note(note.text) == note) }

    @Test(arguments: [
        "", "rank", "rank 1", "rank x 3", "rank 1 -1", "ended 1", "ended 1 2 3", "dismissed x", "other 1 2",
    ]) func otherTextsAreNoNotes(text: String) { #expect(Note(text) == nil) }

    @Test func whoeverDoesNotAnswerWasFirst() {
        var account = Account()
        // This process stands for the ranks that live.
        for rank in 0..<3 { account.take(.rank(rank, process: rank == 1 ? 4_194_304 * 2 : getpid())) }
        account.take(.dismissed(0))
        #expect(account.gone == [1] && account.culprit == 1)
        account.take(.ended(2, signal: SIGTERM))
        #expect(account.culprit == 2)
    }

    @Test func manySilentRanksAreNotAccused() {
        var account = Account()
        for rank in 0..<3 { account.take(.rank(rank, process: getpid())) }
        #expect(account.culprit == nil)
        account.take(.dismissed(2))
        #expect(account.gone == [] && account.culprit == nil)
    }

    @Test func messagesNameTheRemedy() {
        let text = EndingText.message("rank 2", EndingText.cause(SIGKILL), folder: "out")
        #expect(text.hasPrefix("error: rank 2 was ended by SIGKILL ("))
        #expect(text.contains("'spinnsim gather out' recovers"))
        let early = EndingText.message("the run", "SIGINT", folder: nil)
        #expect(early == "error: the run was ended by SIGINT; nothing had been recorded\n")
    }

    /// A shell's background jobs are started with SIGINT ignored, those of nohup with SIGHUP.
    @Test func signalsOnPurposeAreHeeded() {
        let heeded = Heeded(ignored: [SIGINT, SIGHUP])
        #expect(heeded.heeds(SIGTERM, sender: 0, isExplicit: false))
        #expect(!heeded.heeds(SIGINT, sender: 0, isExplicit: false))
        #expect(heeded.heeds(SIGINT, sender: 7, isExplicit: true, session: 7))
        #expect(!heeded.heeds(SIGHUP, sender: 7, isExplicit: true, session: 7))
        #expect(heeded.heeds(SIGHUP, sender: 8, isExplicit: true, session: 7))
    }
}
