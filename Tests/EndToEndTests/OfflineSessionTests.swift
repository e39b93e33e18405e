import Glibc
import SandboxCore
import SandboxTestKit
import Testing

@Suite("Sessions without a language model")
struct OfflineSessionTests {
  private static let request = """
    Which sections of the installed Debian packages in packages.tsv take the most space? Chart the ten largest sections \
    by total installed size and write a report with the totals.
    """

  /// What the table says, counted here in plain Swift.
  private struct Facts {
    var sizes: [String: Int] = [:]
    var rows: [String: Int] = [:]
    var total = 0
    var count = 0

    init(_ table: String) {
      for line in table.split(separator: "\n").dropFirst() {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 4 else { continue }
        count += 1
        // A package that does not say its size has none.
        let size = Int(fields[3]) ?? 0
        sizes[String(fields[2]), default: 0] += size
        rows[String(fields[2]), default: 0] += 1
        total += size
      }
    }

    var largest: [(section: String, size: Int)] {
      sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10).map { ($0.key, $0.value) }
    }

    /// `41.4`: percent of the whole, rounded half up.
    func share(_ size: Int) -> String {
      let tenths = (size * 2_000 + total) / (total * 2)
      return "\(tenths / 10).\(tenths % 10)"
    }
  }

  private static func randomTable(seed: UInt64, packages: Int) -> String {
    var state = seed
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var text = "package\tversion\tsection\tinstalled_size_kib\n"
    for index in 0..<packages {
      text += "pkg-\(index)\t\(random(9)).\(random(99))-\(index)\tsection\(random(17))\t\(random(300_000))\n"
    }
    return text
  }

  /// The job of `make run` on this table; everything that it says is held against ``Facts``.
  private func expectReport(on table: String) async throws {
    let facts = Facts(table)
    try await Folder.with { folder in
      let file = try folder.write("packages.tsv", table)
      let session = Session(
        "offline", in: folder,
        arguments: ["run", "--session", "offline", "--model", "offline", "--input", file, "--request", Self.request])
      let ended = try await session.finish()
      #expect(ended.code == 0, "\(ended)")
      let result = session.result
      let answer = try #require(result["answer"]?.stringValue)
      let artifacts = try #require(result["artifacts"]?.arrayValue)
      let names = artifacts.compactMap { $0["name"]?.stringValue }
      let report = try #require(
        names.first { $0.hasSuffix(".md") }.map { LaunchedSession.text("\(session.directory)/artifacts/\($0)") })
      let chart = try #require(
        names.first { $0.hasSuffix(".svg") }.map { LaunchedSession.text("\(session.directory)/artifacts/\($0)") })
      #expect(names.count == 2)
      for text in [report, answer] {
        for (section, size) in facts.largest {
          let row = "| \(section) | \(size) | \(facts.rows[section] ?? 0) | \(facts.share(size)) |"
          #expect(text.contains(row), "\(row)")
        }
        let smaller = facts.sizes.filter { entry in !facts.largest.contains { $0.section == entry.key } }
        #expect(smaller.allSatisfy { !text.contains("| \($0.key) | \($0.value) |") }, "only the ten largest")
        #expect(
          text.contains("| row_count | \(facts.count) |")
            && text.contains("| distinct_section | \(facts.sizes.count) |"))
        #expect(text.contains("| total_installed_size_kib | \(facts.total) |"))
        #expect(text.contains("no language model was used"))
      }
      #expect(report.contains(Self.request) && report.contains("SELECT"))
      #expect(chart.hasPrefix("<svg") || chart.hasPrefix("<?xml"))
      for (section, _) in facts.largest { #expect(chart.contains(">\(section)<"), "\(section) in the chart") }
      try expectArtifacts(of: session)
      // A person reads the summary on standard error: how it ended, the answer, where the files are.
      for name in names { #expect(ended.standardError.contains("\(session.directory)/artifacts/\(name)")) }
      #expect(ended.standardError.contains("Exit code: 0") && ended.standardError.contains("Answer"))
      #expect(result["usage"]?["costUsd"]?.doubleValue == 0 && result["usage"]?["toolErrors"] == 0)
      #expect(LaunchedSession.text(file) == table, "the input is as it was")
      try await session.expectConsistent(ended)
    }
  }

  /// Files, `result.json` and the endpoint have the same bytes under the same hashes.
  private func expectArtifacts(of session: Session) throws {
    for artifact in session.result["artifacts"]?.arrayValue ?? [] {
      let name = try #require(artifact["name"]?.stringValue)
      let bytes = Array(LaunchedSession.text("\(session.directory)/artifacts/\(name)").utf8)
      #expect(artifact["size"]?.intValue == bytes.count && !bytes.isEmpty)
      #expect(artifact["sha256"]?.stringValue == SHA256.hex(bytes))
      #expect(session.delivered("artifacts/\(name)") == String(decoding: bytes, as: UTF8.self))
    }
  }

  @Test(arguments: [1, 2, 3] as [UInt64])
  func packages(seed: UInt64) async throws {
    try await expectReport(on: Self.randomTable(seed: seed, packages: 200 + Int(seed) * 150))
  }

  /// What `make run` makes of the machine's own packages.
  @Test(.enabled(if: access("/var/lib/dpkg/status", R_OK) == 0, "a Debian machine"))
  func thisMachinesPackages() async throws {
    var table = "package\tversion\tsection\tinstalled_size_kib\n"
    for entry in LaunchedSession.text("/var/lib/dpkg/status").components(separatedBy: "\n\n") {
      var fields: [Substring: Substring] = [:]
      for line in entry.split(separator: "\n") {
        guard let colon = line.firstIndex(of: ":"), line.first != " " else { continue }
        fields[line[..<colon]] = line[line.index(after: colon)...].drop { $0 == " " }
      }
      guard fields["Status"] == "install ok installed", let name = fields["Package"],
        let size = fields["Installed-Size"]
      else { continue }
      table += "\(name)\t\(fields["Version"] ?? "")\t\(fields["Section"] ?? "")\t\(size)\n"
    }
    try await expectReport(on: table)
  }

  /// As a supervisor starts it, with nothing but variables; and no key, so that the rules stand in, which is said once.
  @Test func withoutAModelAtAll() async throws {
    try await Folder.with { folder in
      let file = try folder.write("sales.csv", "region,revenue\nNorth,100\nSouth,300\nNorth,250\n")
      let session = Session(
        in: folder, environment: ["USER_REQUEST": "Total revenue per region from sales.csv?", "AGENT_INPUTS": file])
      let ended = try await session.finish()
      #expect(ended.code == 0, "\(ended)")
      #expect(ended.errorLines.count == 1 && ended.standardError.contains("no provider has a key"), "\(ended)")
      let answer = session.result["answer"]?.stringValue ?? ""
      #expect(
        answer.contains("| North | 350 | 2 | 53.8 |") && answer.contains("| South | 300 | 1 | 46.2 |"), "\(answer)")
      ended.expectFramed()
      try await session.expectConsistent(ended)
    }
  }

  @Test func aSourceTree() async throws {
    try await Folder.with { folder in
      var expected: [String: [Int]] = [:]
      var swift = 0
      for module in 0..<5 {
        for file in 0..<(3 + module) {
          let path = "tree/Sources/Module\(module)/File\(file).swift"
          var lines = (0..<20).map { "let value\($0) = \($0 * module)" }
          if (module + file).isMultiple(of: 3) {
            lines[4] = "// The Lighthouse keeps watch."
            lines[11 + file] = "let lamp = Lighthouse()"
            expected["Sources/Module\(module)/File\(file).swift"] = [5, 12 + file]
          }
          try folder.write(path, lines.joined(separator: "\n") + "\n")
          swift += 1
        }
      }
      try folder.write("tree/README.md", "# About\nNothing of interest.\n")
      let session = Session(
        in: folder,
        environment: [
          "USER_REQUEST": "How many Swift files are there and where is `Lighthouse` used? Write a report.",
          "AGENT_MODEL": "offline", "AGENT_INPUTS": "\(folder.path)/tree",
        ])
      let ended = try await session.finish()
      #expect(ended.code == 0, "\(ended)")
      let answer = session.result["answer"]?.stringValue ?? ""
      let name = session.result["artifacts"]?[0]?["name"]?.stringValue ?? ""
      for text in [answer, LaunchedSession.text("\(session.directory)/artifacts/\(name)")] {
        #expect(text.contains("(.swift): **\(swift)**"), "\(text)")
        #expect(
          text.contains("`Lighthouse` occurs in **\(expected.count * 2) lines** of \(expected.count) files"), "\(text)")
        for (path, lines) in expected {
          #expect(text.contains("/\(path) | 2 | \(lines[0]), \(lines[1]) |"), "\(path): \(text)")
        }
      }
      try expectArtifacts(of: session)
      try await session.expectConsistent(ended)
    }
  }

  /// What is asked cannot be done from what is there: it is said, and the session does not pretend.
  @Test func nothingToWorkOn() async throws {
    try await Folder.with { folder in
      let session = Session(
        in: folder, environment: ["USER_REQUEST": "Total revenue per region from sales.csv?", "AGENT_MODEL": "offline"])
      let ended = try await session.finish()
      #expect(ended.code == 80 || ended.code == 0, "\(ended)")
      let answer = session.result["answer"]?.stringValue ?? ""
      #expect(answer.contains("sales.csv") && answer.contains("no language model was used"), "\(answer)")
      #expect(!answer.contains("| total |") && session.result["artifacts"]?.arrayValue?.isEmpty == true, "\(answer)")
      try await session.expectConsistent(ended)
    }
  }

  /// Inputs that are not there, or clash, are found before anything starts.
  @Test func inputsThatAreWrong() async throws {
    try await Folder.with { folder in
      let one = try folder.write("a/data.csv", "x\n1\n")
      let two = try folder.write("b/data.csv", "x\n2\n")
      for inputs in ["/nowhere/data.csv", "\(one):\(two)"] {
        let session = Session(
          in: folder, environment: ["USER_REQUEST": "Sum of x?", "AGENT_MODEL": "offline", "AGENT_INPUTS": inputs])
        let ended = try await session.finish()
        #expect(ended.code == 78, "\(ended)")
        #expect(
          ended.errorLines.count == 1 && ended.standardError.contains("AGENT_INPUTS")
            && ended.standardError.contains("data.csv"), "\(ended)")
        #expect(!folder.exists("state"))
      }
    }
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> [Substring] {
    split(separator: separator, omittingEmptySubsequences: true)
  }
}
