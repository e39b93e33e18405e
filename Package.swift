// swift-tools-version: 6.2
import PackageDescription

// The dependency graph is the architecture: a target may import exactly what is listed here (docs/architecture.md).
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let nio: [Target.Dependency] = [
  .product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
]

// For programs in C alone. Without these flags the Swift runtime would be linked into them, which they do not use.
let staticC: [LinkerSetting] = [.unsafeFlags(["-nostartfiles", "-static-executable"])]

let package = Package(
  name: "sandbox-entry",
  dependencies: [
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "CSandbox", cSettings: [.define("_GNU_SOURCE")]),
    .target(name: "SandboxCore"),
    .target(name: "SandboxSQLite", dependencies: ["CSQLite", "SandboxCore"]),
    .target(
      name: "SandboxIO",
      dependencies: [
        "SandboxCore", "SandboxSQLite", "CSandbox",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
      ]),
    .target(name: "SandboxSchema", dependencies: ["SandboxCore"]),
    .target(
      name: "SandboxTools",
      dependencies: ["SandboxCore", "SandboxSchema", "SandboxIO", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "SandboxAgents", dependencies: ["SandboxCore", "SandboxIO", "SandboxTools"]),
    .target(
      name: "SandboxStore",
      dependencies: ["SandboxCore", "SandboxSQLite", .product(name: "Crypto", package: "swift-crypto")]),
    .target(name: "SandboxCloud", dependencies: ["SandboxCore", "SandboxIO"]),
    .target(name: "SandboxControl", dependencies: ["SandboxCore", "SandboxIO"]),
    .target(name: "SandboxSession", dependencies: ["SandboxCore", "SandboxTools", "SandboxAgents"]),
    // What a supervisor starts: small, so that forking it for each program of a tool costs little.
    .executableTarget(
      name: "sandbox-entry", dependencies: ["CSandbox"], path: "sandbox-entry/Guard",
      cSettings: [.define("_GNU_SOURCE")], linkerSettings: staticC),
    .executableTarget(
      name: "sandbox-runtime",
      dependencies: [
        "CSandbox", "SandboxCore", "SandboxIO", "SandboxTools", "SandboxAgents", "SandboxStore", "SandboxCloud",
        "SandboxControl", "SandboxSession", log,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "sandbox-entry/Runtime"),

    .target(
      name: "SandboxTestKit",
      dependencies: ["SandboxCore", "SandboxTools", "SandboxAgents", "SandboxSession"] + nio,
      path: "Tests/SandboxTestKit"),
    .executableTarget(
      name: "sandbox-bench",
      dependencies: ["SandboxCore", "SandboxSchema", "SandboxIO", "SandboxTools", "SandboxTestKit"],
      path: "Benchmarks/Sources"),
    // Programs that tests start as tools: one attacks what is around it, one tries to outlive its parent.
    .executableTarget(
      name: "attack-suite", path: "Tests/AttackSuite", exclude: ["README.md"], cSettings: [.define("_GNU_SOURCE")],
      linkerSettings: staticC),
    .executableTarget(
      name: "orphan-corpus", path: "Tests/OrphanCorpus", exclude: ["README.md"], cSettings: [.define("_GNU_SOURCE")],
      linkerSettings: staticC),
    .testTarget(name: "SandboxCoreTests", dependencies: ["SandboxCore", "SandboxTestKit"]),
    .testTarget(
      name: "SandboxIOTests",
      dependencies: [
        "SandboxCore", "SandboxIO", "SandboxSQLite", "SandboxTestKit",
        .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
      ] + nio),
    .testTarget(name: "SandboxSchemaTests", dependencies: ["SandboxCore", "SandboxSchema"]),
    .testTarget(
      name: "SandboxToolsTests",
      dependencies: ["SandboxCore", "SandboxSchema", "SandboxTools", "SandboxIO", "SandboxTestKit"]),
    .testTarget(
      name: "SandboxAgentsTests",
      dependencies: ["SandboxCore", "SandboxSQLite", "SandboxTools", "SandboxAgents", "SandboxTestKit"]),
    .testTarget(
      name: "SandboxStoreTests", dependencies: ["SandboxCore", "SandboxStore", "SandboxSQLite", "SandboxTestKit"]),
    .testTarget(
      name: "SandboxCloudTests", dependencies: ["SandboxCloud", "SandboxCore", "SandboxIO", "SandboxTestKit"]),
    .testTarget(name: "SandboxControlTests", dependencies: ["SandboxCore", "SandboxControl", "SandboxTestKit"]),
    .testTarget(
      name: "SandboxSessionTests",
      dependencies: ["SandboxCore", "SandboxTools", "SandboxAgents", "SandboxSession", "SandboxTestKit"]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: ["sandbox-runtime", "SandboxCore", "SandboxIO", "SandboxSession", "SandboxStore", "SandboxTestKit"]),
  ],
  swiftLanguageModes: [.v6]
)

let written = package.targets.filter { $0.type != .system && $0.cSettings?.isEmpty ?? true }
for target in written {
  target.swiftSettings = strict
}
