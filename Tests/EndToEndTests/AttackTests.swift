import SandboxCore
import SandboxIO
import SandboxTestKit
import Testing

/// A tool that attacks whatever is around it, by more than 250 ways, as root and as nobody, with each mechanism of the
/// kernel left out in turn: what the session says of its isolation holds, and is never more than what is there.
@Suite("Attacks")
struct AttackTests {
  enum User { case own, nobody }

  struct Verdicts {
    /// Names by area.
    var allowed: [String: Set<String>] = [:]
    var count = 0
    var skipped: Set<String> = []
  }

  static let without =
    ["", "landlock", "landlock:2", "landlock:5", "seccomp", "capabilities"].flatMap { [$0, "\($0),namespaces"] }

  /// What only namespaces prevent: seeing that a file is there, and changing what the user may change without opening it.
  /// And a program that the loader is told to run, which reads it like data.
  private static let unclaimed: Set<String> = ["control", "fs-meta"]
  private static let loader = "exec-by-loader"

  @Test(arguments: without)
  func claimsHold(without mechanism: String) async throws { try await expectClaims(for: .own, without: mechanism) }

  @Test(.enabled(if: Installed.isRoot, "only root can become somebody else"), arguments: without)
  func claimsHoldForNobody(without mechanism: String) async throws {
    try await expectClaims(for: .nobody, without: mechanism)
  }

  private func expectClaims(for user: User, without mechanism: String) async throws {
    try await Folder.with { folder in
      let field = try AttackField(in: folder, user: user)
      let (verdicts, isolation) = try await field.attack(without: mechanism)
      let shown = "\(user) without '\(mechanism)': \(isolation.text(.compact)) allowed: \(verdicts.allowed)"
      #expect(verdicts.count >= 260, "\(shown)")
      #expect(verdicts.skipped.isSubset(of: ["setuid-program"]), "\(verdicts.skipped)")
      #expect(verdicts.allowed["control"]?.count == 12, "\(shown)")

      func isWithout(_ name: String) -> Bool { mechanism.split(separator: ",").contains { $0 == name } }
      let level = isolation["level"]?.stringValue
      let files = (isolation["fs"]?.stringValue ?? "none").split(separator: "+")
      let hasMounts = files.contains("mounts")
      let missing = (isolation["missing"]?.arrayValue ?? []).compactMap(\.stringValue)
      if isWithout("namespaces") {
        #expect(!hasMounts)
      } else {
        // Not every machine allows them, and then it says so.
        #expect(hasMounts || missing.contains { $0.hasPrefix("namespaces cannot be made") }, "\(shown)")
      }
      if level == "strong" {
        let beyond = verdicts.allowed.filter { !Self.unclaimed.contains($0.key) }.values.flatMap { $0 }
        #expect(Set(beyond).isSubset(of: [Self.loader]), "\(shown)")
      }
      if level != "strong" || !hasMounts {
        #expect(!missing.isEmpty)
      }
      func expectDenied(_ area: String, except: Set<String> = [], where isMeant: (String) -> Bool = { _ in true }) {
        let allowed = (verdicts.allowed[area] ?? []).subtracting(except).filter(isMeant)
        #expect(allowed.isEmpty, "\(area): \(shown)")
      }
      let memory: Set<String> = isWithout("seccomp") ? ["exec-memory-file"] : []
      if hasMounts {
        expectDenied("fs-meta")
        expectDenied("fs-exec", except: memory)
      }
      if files != ["none"] {
        let isOld = files == ["landlock:1"] || files == ["landlock:2"]
        expectDenied("fs-read")
        expectDenied("fs-write", except: isOld ? ["truncate-by-call", "truncate-by-reading-open"] : [])
        expectDenied("fs-exec", except: memory.union([Self.loader]))
        expectDenied("proc")
      }
      if isolation["net"] != "none" { expectDenied("net") }
      if isolation["signals"] != "none" {
        let ways = ["kill-", "tgkill-", "sigqueue-", "tgsigqueue-", "pidfd-signal-"]
        expectDenied("signal") { name in ways.contains { name.hasPrefix($0) } }
      }
      if isolation["caps"] == "dropped" {
        expectDenied("privilege") { $0.hasPrefix("cap") || $0.hasPrefix("has-") || $0.hasPrefix("set") }
      }
      expectDenied("descriptors")
      expectDenied("env")
      // Less than everything is never called everything.
      let isWithoutFiles = (isWithout("landlock") || isWithout("landlock:2")) && !hasMounts
      if isWithout("seccomp") || isWithoutFiles { #expect(level != "strong") }
      if isWithout("capabilities"), user == .own, Installed.isRoot { #expect(level != "strong") }
    }
  }

  /// A tool that may reach a host through the proxy reaches nothing past it.
  @Test(.enabled("nothing here holds a program to a proxy") { await ProxyWays.areThere }, arguments: ProxyWays.without)
  func theProxyIsTheOnlyWay(without mechanism: String) async throws {
    try await Folder.with { folder in
      let field = try AttackField(in: folder, user: .own)
      let (verdicts, isolation) = try await field.attack(without: mechanism, network: ["api.example.com"])
      // Each without the other, and both.
      let net = isolation["net"]?.stringValue?.split(separator: "+") ?? []
      #expect(net.contains("seccomp") && (net.contains("namespace") || net.contains("landlock")))
      #expect(mechanism.isEmpty || !net.contains(mechanism == "namespaces" ? "namespace" : "landlock"))
      #expect(verdicts.count >= 260)
      #expect((verdicts.allowed["net"] ?? []).isEmpty, "\(verdicts.allowed)")
    }
  }
}
