import Diagnostics
import Testing
import Transport

@Suite(.timeLimit(.minutes(5))) struct InProcessTransportTests {
    @Test(arguments: [1, 2, 5, 8]) func collectives(ranks: Int) throws {
        let results = InProcessTransport.run(ranks: ranks) { transport -> [Int64] in
            let rank = Int64(transport.rank)
            #expect(transport.broadcast(transport.rank == ranks - 1 ? [7, 8] : [], root: ranks - 1) == [7, 8])
            let gathered = transport.gather([UInt8(transport.rank)])
            #expect(gathered == (rank == 0 ? (0..<ranks).map { [UInt8($0)] } : []))
            return transport.reduce([rank], .sum) + transport.reduce([rank], .maximum)
                + transport.reduce([rank], .minimum)
        }
        let sum = Int64(ranks * (ranks - 1) / 2)
        for result in results { #expect(try result.get() == [sum, Int64(ranks - 1), 0]) }
    }

    @Test func theLowestFailingRankSpeaksForAll() throws {
        let results = InProcessTransport.run(ranks: 4) { transport in
            try transport.phase { if transport.rank % 2 == 1 { throw Failure(.doesNotFit, "rank \(transport.rank)") } }
        }
        #expect(results.count == 4)
        for result in results {
            #expect(throws: Failure(.doesNotFit, "rank 1")) { try result.get() }
        }
    }

    /// Up to 80 words: few and many take different ways; and 140 ranks have more of few words than there is room for.
    @Test(arguments: [(1, 200), (2, 200), (3, 200), (7, 200), (140, 6)])
    func packetsOfARoundReachEverybodyAndOnlyOfThatRound(ranks: Int, rounds: Int) throws {
        @Sendable func words(_ round: Int, _ sender: Int) -> [UInt32] {
            let count = ranks < 100 ? (7 * round + sender) % 81 : 60 + (round + sender) % 6
            return (0..<count).map { UInt32((round * 1000 + sender) * 100 + $0) }
        }
        let results = InProcessTransport.run(ranks: ranks) { transport -> Bool in
            let others = (0..<ranks).filter { $0 != transport.rank }
            let exchange = transport.makeExchange(ExchangePlan(sources: others, destinations: others, capacity: 80))
            var good = true
            for round in 0..<rounds {
                let mine = words(round, transport.rank)
                exchange.outbox.update(from: mine, count: mine.count)
                try exchange.publish(count: mine.count)
                try exchange.complete()
                for sender in 0..<ranks {
                    good = good && Array(exchange.inbox(from: sender)) == words(round, sender)
                }
            }
            return good
        }
        for result in results { #expect(try result.get()) }
    }
}
