import Glibc
import SandboxCore
import SandboxTestKit
import Testing

/// What the files for Docker, Kubernetes, systemd and E2B say of the program is true of it.
@Suite("Deployment files")
struct DeploymentTests {
  /// Codes after which the same start may well go better, and those that say that somebody wanted the end.
  private static let again: Set<ExitCode> = [.failed, .unavailable, .internalError, .io, .temporary]
  private static let wanted: Set<ExitCode> = [.hangup, .interrupted, .terminated]

  @Test(
    "The unit is one that systemd reads", .enabled(if: Installed.has(Deployment.verifier), "systemd is not installed"))
  func unit() async throws {
    try await Folder.with { folder in
      let text = Deployment.text(Deployment.unit).replacing(Deployment.program, with: Program.path)
      let file = try folder.write("sandbox-entry@.service", text)
      let verifier = try LaunchedSession(
        executable: Deployment.verifier, arguments: ["verify", file], environment: [:], folder: folder.path)
      #expect(try await verifier.wait() == 0, "\(verifier.standardError)")
      #expect(!verifier.standardError.contains("sandbox-entry@"), "\(verifier.standardError)")
    }
  }

  @Test("The unit's codes and times are the program's")
  func unitAgrees() throws {
    #expect(Deployment.unit("ExecStart") == [Deployment.program])
    let again = Set(ExitCode.allCases.map { Int($0.rawValue) })
      .subtracting(Deployment.codes("SuccessExitStatus")).subtracting(Deployment.codes("RestartPreventExitStatus"))
    #expect(again == [0, 69, 70, 74, 75])
    #expect(Deployment.unit("Restart") == ["on-failure"] && Deployment.unit("StartLimitBurst") != [])
    let grace = try #require(Deployment.unit("Environment").joined().split(separator: "AGENT_SHUTDOWN_GRACE_MS=").last)
    let stop = try #require(Deployment.unit("TimeoutStopSec").first.flatMap { Int($0) })
    #expect(try #require(Int(grace)) + 1_000 <= stop * 1_000)
    #expect(Deployment.unit("KillMode") == ["mixed"], "TERM is for the guard alone")
    // Tools are held back by Landlock, seccomp and namespaces, which a unit can forbid.
    for key in ["RestrictNamespaces", "SystemCallFilter", "MemoryDenyWriteExecute"] {
      #expect(Deployment.unit(key) == [])
    }
  }

  @Test("The Job's codes, times and rights", .enabled(if: Deployment.hasYAML, "Python has no module yaml"))
  func job() async throws {
    let job = try await Folder.with { try await Deployment.job(in: $0) }
    let rules = job["spec"]?["podFailurePolicy"]?["rules"]?.arrayValue ?? []
    func codes(_ action: JSONValue) -> [Int] {
      rules.filter { $0["action"] == action }
        .flatMap { $0["onExitCodes"]?["values"]?.arrayValue ?? [] }.compactMap(\.intValue)
    }
    let (fail, count) = (codes("FailJob"), codes("Count"))
    #expect(Set(count) == Set(Self.again.map { Int($0.rawValue) }))
    let others = Set(ExitCode.allCases).subtracting(Self.again).subtracting(Self.wanted).subtracting([.completed])
    #expect(fail.sorted() == others.map { Int($0.rawValue) }.sorted())
    let pod = try #require(job["spec"]?["template"]?["spec"])
    let container = try #require(pod["containers"]?[0])
    for rule in rules where rule["onExitCodes"] != nil {
      #expect(rule["onExitCodes"]?["containerName"] == container["name"])
    }
    let variables = container["env"]?.arrayValue ?? []
    let grace = variables.first { $0["name"] == "AGENT_SHUTDOWN_GRACE_MS" }?["value"]?.stringValue.flatMap { Int($0) }
    let stop = try #require(pod["terminationGracePeriodSeconds"]?.intValue)
    #expect(try #require(grace) + 1_000 <= stop * 1_000)
    #expect(job["spec"]?["activeDeadlineSeconds"]?.intValue ?? 0 >= 1_800 + stop)
    #expect(pod["restartPolicy"] == "Never", "a policy by exit codes needs it")
    #expect(pod["securityContext"]?["runAsNonRoot"] == true)
    #expect(pod["securityContext"]?["seccompProfile"]?["type"] == "RuntimeDefault")
    #expect(container["securityContext"]?["readOnlyRootFilesystem"] == true)
    #expect(container["securityContext"]?["allowPrivilegeEscalation"] == false)
    #expect(container["securityContext"]?["capabilities"]?["drop"] == ["ALL"])
    let state = variables.first { $0["name"] == "AGENT_STATE_DIR" }?["value"]
    #expect(container["volumeMounts"]?[0]?["mountPath"] == state, "only there it can write")
  }

  @Test("Images have what is shipped where it is started", arguments: ["docker/Dockerfile", "e2b/e2b.Dockerfile"])
  func images(file: String) {
    let text = Deployment.text(file)
    #expect(text.contains(".build/ship /opt/sandbox-entry\n"))
    for library in ["libsqlite3-0", "libstdc++6", "zlib1g"] { #expect(text.contains(library)) }
    if file.hasPrefix("docker") {
      #expect(text.contains("\nENTRYPOINT [\"\(Deployment.program)\"]\n"), "a shell would swallow signals")
      #expect(text.contains("\nSTOPSIGNAL SIGTERM\n") && text.contains("\nUSER agent\n"))
    } else {
      #expect(!text.contains("CMD") && !text.contains("ENTRYPOINT"), "nothing is started in a template")
      #expect(Deployment.text("e2b/README.md").contains("exec \(Deployment.program)"))
    }
    let makefile = LaunchedSession.text("\(Deployment.root)/Makefile")
    for part in ["sandbox-entry", "sandbox-runtime", "manifests"] { #expect(makefile.contains(" .build/ship/\(part)")) }
  }
}
