import Glibc
import SandboxCore
import SandboxIO
import SandboxTools

/// What it costs to run a program fully confined, beside the cheapest way that the system has, in one run.
struct ProcessMeasure {
  struct Costs {
    /// Medians of start to end, in microseconds.
    let plain: Double
    let confined: Double
  }

  struct Load {
    let perSecond: Double
    /// After a tenth of the time, and at the end.
    let before: Footprint
    let after: Footprint
  }

  /// What the process and its guard hold.
  struct Footprint {
    let descriptors: Int
    let threads: Int
    let residentKiB: Int
    let guardKiB: Int
    let guardDescriptors: Int
  }

  private static let program = "/bin/true"
  private let isolation: Isolation
  private let folder: String

  init() async throws {
    isolation = await Isolation.establish(.bestEffort, .detect(), in: "/tmp")
    folder = try CallFolder(in: "/tmp").path
  }

  var level: String { isolation.report.level.rawValue }

  private var spec: ProcessSpec {
    let confinement = ToolConfinement(isolation: isolation, workspace: folder)
      .confinement(.none, programs: [Self.program], home: folder)
    return ProcessSpec(
      argv: [Self.program], environment: [("PATH", "/usr/bin:/bin")], workingDirectory: folder,
      timeout: .seconds(60), confinement: confinement, ownFolders: [folder])
  }

  /// By turns, so that both see the same machine.
  func costs(rounds: Int = 1_000) async throws -> Costs {
    let spec = spec
    var plain: [Double] = []
    var confined: [Double] = []
    for round in 0..<rounds + 20 {
      let start = TimeSource.system.monotonic()
      try Self.spawnPlain()
      let middle = TimeSource.system.monotonic()
      guard try await ProcessRunner.run(spec).isSuccess else {
        throw SandboxError(.internalError, "the confined program failed")
      }
      let end = TimeSource.system.monotonic()
      // The first ones warm the caches.
      guard round >= 20 else { continue }
      plain.append((middle - start).secondsAsDouble * 1e6)
      confined.append((end - middle).secondsAsDouble * 1e6)
    }
    return Costs(plain: plain.sorted()[rounds / 2], confined: confined.sorted()[rounds / 2])
  }

  /// As many as go, eight at a time.
  func load(seconds: Int = 20) async throws -> Load {
    let spec = spec
    let end = TimeSource.system.monotonic() + .seconds(seconds)
    let early = TimeSource.system.monotonic() + .seconds(seconds) / 10
    let start = TimeSource.system.monotonic()
    return try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          var count = 0
          while TimeSource.system.monotonic() < end {
            guard try await ProcessRunner.run(spec).isSuccess else {
              throw SandboxError(.internalError, "a confined program failed")
            }
            count += 1
          }
          return count
        }
      }
      try await TimeSource.system.sleep(early - TimeSource.system.monotonic())
      let before = Self.footprint()
      var total = 0
      for try await count in group { total += count }
      let time = (TimeSource.system.monotonic() - start).secondsAsDouble
      return Load(perSecond: Double(total) / time, before: before, after: Self.footprint())
    }
  }

  /// Median milliseconds of `--version`: by the guard, and by the runtime alone.
  func startUp(in folder: String, rounds: Int = 50) throws -> (guarded: Double, alone: Double) {
    var times: (guarded: [Double], alone: [Double]) = ([], [])
    for _ in 0..<rounds {
      let start = TimeSource.system.monotonic()
      try Self.spawnPlain(["\(folder)/sandbox-entry", "--help"])
      let middle = TimeSource.system.monotonic()
      try Self.spawnPlain(["\(folder)/sandbox-runtime", "--help"])
      times.guarded.append((middle - start).secondsAsDouble * 1e3)
      times.alone.append((TimeSource.system.monotonic() - middle).secondsAsDouble * 1e3)
    }
    return (times.guarded.sorted()[rounds / 2], times.alone.sorted()[rounds / 2])
  }

  func cleanUp() { rmdir(folder) }

  private static func spawnPlain(_ argv: [String] = [program]) throws {
    var pid: pid_t = 0
    var arguments: [UnsafeMutablePointer<CChar>?] = argv.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var none: [UnsafeMutablePointer<CChar>?] = [nil]
    guard posix_spawn(&pid, argv[0], &actions, nil, &arguments, &none) == 0 else {
      throw SandboxError(.notFound, "cannot start \(argv[0])")
    }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
  }

  private static func footprint() -> Footprint {
    let guardian = children().first { name(of: $0) == "sandbox-entry" } ?? 0
    return Footprint(
      descriptors: entries(in: "/proc/self/fd"), threads: entries(in: "/proc/self/task"),
      residentKiB: resident(of: getpid()), guardKiB: resident(of: guardian),
      guardDescriptors: entries(in: "/proc/\(guardian)/fd"))
  }

  private static func children() -> [pid_t] {
    // Each is listed with the thread that has started it.
    names(in: "/proc/self/task").flatMap { text("/proc/self/task/\($0)/children").split(separator: " ") }
      .compactMap { pid_t($0) }
  }

  private static func name(of pid: pid_t) -> String { String(text("/proc/\(pid)/comm").prefix { $0 != "\n" }) }

  private static func resident(of pid: pid_t) -> Int {
    let line = text("/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }

  private static func entries(in folder: String) -> Int { names(in: folder).count }

  private static func names(in folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }

  private static func text(_ path: String) -> String {
    (try? BoundedFile.read(path, limit: 1 << 16, name: path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
