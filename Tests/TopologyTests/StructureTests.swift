import Testing
import Topology

/// Positions as PyNN 0.12 generates them.
@Suite struct StructureTests {
    private func coordinates(_ keys: String, seed: Int = 1) throws -> Coordinates {
        let text = Sample.document(
            simulation: "{\"duration\": 1, \"seed\": \(seed)}",
            populations: ["{\"name\": \"X\", \"model\": \"IF_curr_exp\", \(keys)}"])
        return try read(text).network.coordinates(of: 0)
    }

    private func points(_ c: Coordinates) -> [[Double]] { c.x.indices.map { [c.x[$0], c.y[$0], c.z[$0]] } }

    @Test func standardPlaces() throws {
        #expect(points(try coordinates(#""size": 3"#)) == [[0, 0, 0], [1, 0, 0], [2, 0, 0]])
        // Row by row, as indices of the shape.
        #expect(
            points(try coordinates(#""shape": [2, 3]"#))
                == [[0, 0, 0], [0, 1, 0], [0, 2, 0], [1, 0, 0], [1, 1, 0], [1, 2, 0]])
        let cube = points(try coordinates(#""shape": [2, 2, 3]"#))
        #expect(cube.count == 12 && cube[1] == [0, 0, 1] && cube[3] == [0, 1, 0] && cube[6] == [1, 0, 0])
        #expect(points(try coordinates(#""shape": [2, 1, 1, 2]"#)).last == [3, 0, 0])
        #expect(points(try coordinates(#""size": 2, "positions": [[1, 2], [3, 4]]"#)) == [[1, 2, 0], [3, 4, 0]])
    }

    @Test func lines() throws {
        #expect(
            points(
                try coordinates(#""size": 3, "positions": {"structure": "Line", "dx": 10, "x0": -5, "y": 2, "z": 3}"#))
                == [[-5, 2, 3], [5, 2, 3], [15, 2, 3]])
    }

    @Test func grids() throws {
        func grid(_ keys: String) throws -> [[Double]] {
            points(try coordinates("\"size\": 12, \"positions\": {\"structure\": \"Grid2D\", \(keys)}"))
        }
        // PyNN: Grid2D(aspect_ratio=3, dx=2, dy=3, x0=1, y0=-1, z=5).generate_positions(12)
        let wide = try grid(#""aspect_ratio": 3, "dx": 2, "dy": 3, "x0": 1, "y0": -1, "z": 5"#)
        #expect(Array(wide.prefix(3)) == [[1, -1, 5], [1, 2, 5], [3, -1, 5]] && wide.last == [11, 2, 5])
        #expect(try grid(#""aspect_ratio": 0.75"#).prefix(5).last == [1, 0, 0])
        let cube = points(
            try coordinates(
                #""size": 12, "positions": {"structure": "Grid3D", "aspect_ratioXY": 1, "#
                    + #""aspect_ratioXZ": 0.66666666666, "dz": 0.5, "z0": 1}"#
            ))
        #expect(cube[1] == [0, 0, 1.5] && cube[3] == [0, 1, 1] && cube.last == [1, 1, 2])
        #expect(
            points(try coordinates(#""shape": [3, 4], "positions": {"structure": "Grid2D", "dx": 2}"#)).last == [
                4, 3, 0,
            ])
    }

    @Test func gridsFilledAtRandomArePermutations() throws {
        let random = #""size": 100, "positions": {"structure": "Grid2D", "fill_order": "random"}"#
        let sequential = points(try coordinates(#""size": 100, "positions": {"structure": "Grid2D"}"#))
        let one = points(try coordinates(random))
        #expect(one != sequential && Set(one) == Set(sequential))
        #expect(try one == points(coordinates(random)))
        #expect(try one != points(coordinates(random, seed: 2)))
    }

    @Test func randomPlacesFillTheirVolume() throws {
        let box = try coordinates(
            #""size": 4000, "positions": {"structure": "RandomStructure", "origin": [10, 20, 30], "#
                + #""boundary": {"shape": "Cuboid", "width": 2, "height": 4, "depth": 6}}"#
        )
        for (values, centre, extent) in [(box.x, 10.0, 2.0), (box.y, 20, 4), (box.z, 30, 6)] {
            #expect(values.allSatisfy { abs($0 - centre) <= extent / 2 })
            let mean = values.reduce(0, +) / 4000
            // Five standard errors of a uniform mean.
            #expect(abs(mean - centre) < 5 * extent / (12.0 * 4000).squareRoot())
        }
        let ball = try coordinates(
            #""size": 4000, "positions": {"structure": "RandomStructure", "boundary": {"shape": "Sphere", "#
                + #""radius": 3}}"#
        )
        let radii = points(ball).map { ($0[0] * $0[0] + $0[1] * $0[1] + $0[2] * $0[2]).squareRoot() }
        #expect(radii.allSatisfy { $0 < 3 })
        // Half the volume is within the cube root of a half of the radius.
        let inner = radii.count { $0 < 3 * 0.7937005259840998 }
        #expect(abs(Double(inner) - 2000) < 5 * (4000 * 0.25).squareRoot())
    }
}
