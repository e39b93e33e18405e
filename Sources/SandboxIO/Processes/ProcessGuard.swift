internal import CSandbox
internal import Glibc
import SandboxCore
import Synchronization

/// Our way to the guard, the small process that starts the programs of tools for us (`sandbox-entry/Guard`).
///
/// The guard gives each program an init of its own, which ends everything that the program leaves behind, also when we
/// are gone. A program that was not started by a guard, as a test is not, starts one as its child at first use.
package enum ProcessGuard {
  private struct State {
    /// The connection; -1 before there is one.
    var socket: Int32 = -1
    /// The streams of the inits whose programs run.
    var streams: Set<Int32> = []
  }

  private static let state = Mutex(State())
  private static let executableName = "sandbox-entry"

  /// The guard's executable, which lies beside ours.
  package static let executable: String = {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let own = String(decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/\(executableName)"
  }()

  /// Takes the connection that the guard has left us in the environment. Call it before the first program is started.
  package static func adopt(_ link: GuardLink) {
    _ = fcntl(link.descriptor, F_SETFD, FD_CLOEXEC)
    state.withLock { $0.socket = link.descriptor }
  }

  /// Tells the guard that we run a session, and how long we take from the first signal to the exit: when we have not
  /// ended a little later it ends us, and when we crash it starts us again.
  package static func announceSession(grace: Duration) {
    let socket = state.withLock { $0.socket }
    guard socket >= 0 else { return }
    var message = csb_guard_message()
    message.kind = CSB_GUARD_GRACE.rawValue
    message.number = UInt32(clamping: grace.milliseconds)
    _ = csb_send(socket, &message, MemoryLayout.size(ofValue: message), nil, 0)
  }

  /// Kills the programs of all tools, now. Their calls end with a result.
  package static func killAll() {
    state.withLock { state in
      for stream in state.streams { order(CSB_ORDER_KILL, over: stream) }
    }
  }

  /// Has the guard make an init that takes its request from the other end of `stream`.
  static func spawn(
    _ confinement: Confinement, init stream: Int32, streams: (Int32, Int32, Int32)
  ) throws(SandboxError) {
    let socket = try connection()
    var message = csb_guard_message()
    message.kind = CSB_GUARD_SPAWN.rawValue
    message.number = confinement.wireLayers
    let descriptors = [stream, streams.0, streams.1, streams.2]
    guard csb_send(socket, &message, MemoryLayout.size(ofValue: message), descriptors, descriptors.count) == 0 else {
      throw noAnswer(.current)
    }
  }

  static func noAnswer(_ cause: SystemError) -> SandboxError {
    SandboxError(.unavailable, "the guard of processes, \(executable), does not answer: \(cause)", cause: cause)
  }

  static func register(_ stream: Int32) { state.withLock { _ = $0.streams.insert(stream) } }

  /// To be called before the stream is closed, so that no order reaches another one with its number.
  static func forget(_ stream: Int32) { state.withLock { _ = $0.streams.remove(stream) } }

  static func order<Order: BinaryInteger>(_ order: Order, over stream: Int32) {
    var byte = UInt8(truncatingIfNeeded: order)
    _ = Glibc.send(stream, &byte, 1, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
  }

  // MARK: - Without a guard

  static func connection() throws(SandboxError) -> Int32 {
    try state.withLock { (state) throws(SandboxError) in
      if state.socket < 0 { state.socket = try start() }
      return state.socket
    }
  }

  /// Starts a guard that only spawns, and ends when we end.
  private static func start() throws(SandboxError) -> Int32 {
    var ends: [Int32] = [-1, -1]
    guard csb_message_sockets(&ends) == 0 else { throw failure("no socket", errno) }
    defer { close(ends[1]) }
    let number: Int32 = 3
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // Of equal numbers it takes the copy that is closed on exec, so there must be two.
    let source = ends[1] == number ? fcntl(ends[1], F_DUPFD_CLOEXEC, number + 1) : ends[1]
    defer { if source != ends[1] { close(source) } }
    posix_spawn_file_actions_adddup2(&actions, source, number)
    let words = [executable, "--guard-spawner", "\(number)"]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var none: [UnsafeMutablePointer<CChar>?] = [nil]
    var pid: pid_t = 0
    let code = posix_spawn(&pid, executable, &actions, nil, &arguments, &none)
    guard code == 0 else {
      close(ends[0])
      throw failure("\(executable) must lie beside the program", code)
    }
    return ends[0]
  }

  private static func failure(_ reason: String, _ code: Int32) -> SandboxError {
    let cause = SystemError(code)
    return SandboxError(.unavailable, "cannot start the guard of processes: \(reason): \(cause)", cause: cause)
  }
}
