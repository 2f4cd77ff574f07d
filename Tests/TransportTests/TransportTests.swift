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

    @Test(arguments: [1, 2, 3, 7]) func packetsOfARoundReachEverybodyAndOnlyOfThatRound(ranks: Int) throws {
        let results = InProcessTransport.run(ranks: ranks) { transport -> Bool in
            let others = (0..<ranks).filter { $0 != transport.rank }
            let exchange = transport.makeExchange(ExchangePlan(sources: others, destinations: others, capacity: 50))
            var good = true
            for round in 0..<200 {
                let count = (round + transport.rank) % 50
                for i in 0..<count { exchange.outbox[i] = UInt32(round * 1000 + transport.rank * 100 + i) }
                try exchange.publish(count: count)
                try exchange.complete()
                for sender in 0..<ranks {
                    let inbox = Array(exchange.inbox(from: sender))
                    let expected = (0..<((round + sender) % 50)).map { UInt32(round * 1000 + sender * 100 + $0) }
                    good = good && inbox == expected
                }
            }
            return good
        }
        for result in results { #expect(try result.get()) }
    }
}
