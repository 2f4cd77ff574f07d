// swift-tools-version: 6.3
import PackageDescription

// The product is a program, so `public` is no promise to anybody. What modules offer each other is public all the same:
// the compiler carries bodies of public declarations into other modules and those of package ones not, and loops whose
// helpers were package ran 30 times slower (Documentation/Architecture.md, "Why everything is public").

/// The instruction set the kernels are compiled for: `x86-64-v3` unless `SPINNSIM_MARCH` says otherwise.
let march = Context.environment["SPINNSIM_MARCH"] ?? "x86-64-v3"

let common: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
/// Modules with hot loops: vectorised, and without run-time exclusivity checks on the state that one thread owns.
let kernel: [SwiftSetting] =
    common + [
        .unsafeFlags(
            ["-Xcc", "-march=\(march)", "-enforce-exclusivity=unchecked"], .when(configuration: .release))
    ]

let package = Package(
    name: "spinnsim",
    products: [.executable(name: "spinnsim", targets: ["spinnsim"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        // MARK: - C libraries, one Swift client each
        .systemLibrary(name: "CMPI", pkgConfig: "ompi-c", providers: [.apt(["libopenmpi-dev"])]),
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CMETIS", providers: [.apt(["libmetis-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CIntrinsics"),
        .systemLibrary(name: "CProcess"),

        // MARK: - Foundations
        .target(name: "Diagnostics", swiftSettings: common),
        .target(name: "Expressions", swiftSettings: kernel),
        .target(name: "FixedPoint", swiftSettings: kernel),
        .target(name: "HDF5", dependencies: ["CHDF5", "Diagnostics"], swiftSettings: common),
        .target(name: "Machine", dependencies: ["Diagnostics"], swiftSettings: common),
        .target(name: "Pages", swiftSettings: common),
        .target(name: "StrictJSON", dependencies: ["Diagnostics"], swiftSettings: common),

        // MARK: - The network and where it goes
        .target(
            name: "Topology", dependencies: ["Diagnostics", "Expressions", "FixedPoint", "StrictJSON"],
            swiftSettings: common),
        .target(
            name: "NetworkFiles", dependencies: ["Diagnostics", "HDF5", "StrictJSON", "Topology"],
            swiftSettings: common),
        .target(name: "Sampling", dependencies: ["FixedPoint", "Topology"], swiftSettings: kernel),
        .target(
            name: "Mapping",
            dependencies: [
                "Diagnostics", "Topology", "Machine", "CMETIS",
            ],
            swiftSettings: kernel),

        // MARK: - State, rows and kernels
        .target(name: "Snapshots", dependencies: ["CIntrinsics", "FixedPoint"], swiftSettings: kernel),
        .target(name: "Neurons", dependencies: ["CIntrinsics", "FixedPoint", "Snapshots"], swiftSettings: kernel),
        .target(name: "Plasticity", dependencies: ["CIntrinsics", "FixedPoint", "Snapshots"], swiftSettings: kernel),
        .target(
            name: "Synapses",
            dependencies: [
                "CIntrinsics", "Diagnostics", "Expressions", "FixedPoint", "Plasticity", "Sampling", "Snapshots",
                "Topology",
            ],
            swiftSettings: kernel),

        // MARK: - The running machine
        .target(name: "Fabric", dependencies: ["Diagnostics", "Machine", "Mapping"], swiftSettings: kernel),
        .target(name: "Endings", dependencies: ["CProcess", "Diagnostics"], swiftSettings: common),
        .target(name: "Transport", dependencies: ["CIntrinsics", "CMPI", "Diagnostics"], swiftSettings: kernel),
        .target(
            name: "Results",
            dependencies: [
                "CCrypto", "CSQLite", "Diagnostics", "HDF5", "Machine", "Pages", "Snapshots", "StrictJSON",
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            swiftSettings: kernel),
        .target(
            name: "MapReport",
            dependencies: [
                "Diagnostics", "Fabric", "Machine", "Mapping", "Pages", "StrictJSON", "Topology",
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            swiftSettings: common),
        .target(
            name: "Emulation",
            dependencies: [
                "Diagnostics", "Endings", "Fabric", "FixedPoint", "Machine", "MapReport", "Mapping", "NetworkFiles",
                "Neurons", "Plasticity", "Results", "Sampling", "Snapshots", "StrictJSON", "Synapses", "Topology",
                "Transport",
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: kernel),
        .target(
            name: "Conformance",
            dependencies: [
                "Diagnostics", "FixedPoint", "Neurons", "Plasticity", "StrictJSON", "Synapses", "Topology",
            ],
            swiftSettings: common),
        .target(name: "Bench", dependencies: ["Diagnostics", "Results"], swiftSettings: common),
        .executableTarget(
            name: "spinnsim",
            dependencies: [
                "Bench", "Conformance", "Diagnostics", "Emulation", "Endings", "Fabric", "Machine", "MapReport",
                "Mapping", "NetworkFiles", "Results", "StrictJSON", "Topology", "Transport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: common,
            // Code at the same addresses in every process: ranks that take turns on a processor train its branch
            // predictors for one another (at 64 ranks on 2 processors a fifth of all time). The older linker would take
            // addresses that the dynamic linker warns of.
            linkerSettings: [.unsafeFlags(["-use-ld=lld", "-Xclang-linker", "-no-pie"], .when(platforms: [.linux]))]),

        // MARK: - Tests
        .target(name: "TestSupport", dependencies: ["Topology"], path: "Tests/TestSupport", swiftSettings: common),
        .testTarget(name: "DocumentationTests", dependencies: ["TestSupport"], swiftSettings: common),
        .testTarget(name: "EndingsTests", dependencies: ["Endings"], swiftSettings: common),
        .testTarget(name: "ExpressionsTests", dependencies: ["Expressions"], swiftSettings: common),
        .testTarget(
            name: "NetworkFilesTests",
            dependencies: ["Diagnostics", "NetworkFiles", "StrictJSON", "TestSupport", "Topology"],
            swiftSettings: common),
        .testTarget(name: "FixedPointTests", dependencies: ["FixedPoint", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "TopologyTests", dependencies: ["Diagnostics", "StrictJSON", "TestSupport", "Topology"],
            swiftSettings: common),
        .testTarget(name: "StrictJSONTests", dependencies: ["Diagnostics", "StrictJSON"], swiftSettings: common),
        .testTarget(
            name: "SamplingTests", dependencies: ["FixedPoint", "Sampling", "Topology", "TestSupport"],
            swiftSettings: common),
        .testTarget(name: "TransportTests", dependencies: ["Diagnostics", "Transport"], swiftSettings: common),
        .testTarget(
            name: "MappingTests", dependencies: ["Diagnostics", "Machine", "Mapping", "TestSupport", "Topology"],
            swiftSettings: common),
        .testTarget(
            name: "PlasticityTests", dependencies: ["FixedPoint", "Plasticity", "Synapses", "TestSupport"],
            swiftSettings: common),
        .testTarget(
            name: "MapReportTests",
            dependencies: ["Diagnostics", "Machine", "MapReport", "Mapping", "TestSupport", "Topology"],
            swiftSettings: common),
        .testTarget(
            name: "NeuronsTests", dependencies: ["FixedPoint", "Neurons", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "SynapsesTests",
            dependencies: [
                "Diagnostics", "Expressions", "FixedPoint", "Plasticity", "Synapses", "TestSupport", "Topology",
            ],
            swiftSettings: common),
        .testTarget(
            name: "ResultsTests", dependencies: ["Diagnostics", "Results", "TestSupport"], swiftSettings: common),
        .testTarget(
            name: "EmulationTests",
            dependencies: [
                "Diagnostics", "Emulation", "Fabric", "FixedPoint", "Mapping", "NetworkFiles", "Neurons", "Results",
                "Snapshots", "TestSupport", "Topology", "Transport",
            ],
            swiftSettings: common),
        .testTarget(
            name: "ConformanceTests",
            dependencies: ["Conformance", "Diagnostics", "FixedPoint", "Synapses", "TestSupport", "Topology"],
            swiftSettings: common),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "TestSupport", "spinnsim", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: common),
    ]
)
