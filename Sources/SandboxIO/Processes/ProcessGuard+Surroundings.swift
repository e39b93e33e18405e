internal import CSandbox
internal import Glibc
import SandboxCore
import Synchronization

extension ProcessGuard {
  /// One question at a time, because the answers carry no name.
  private static let conversation = Mutex(())

  /// Tells the guard how programs will be confined, so that it can prepare for them, and what every one may read
  /// (``Confinement/readsSystem``). One that is confined in another way is started all the same, only more slowly.
  static func setSystem(_ rules: [FileRule], _ features: KernelFeatures) throws(SandboxError) {
    _ = try ask(CSB_GUARD_SYSTEM, rules, features)
  }

  /// Has the guard make the namespaces in which confined programs run (`sandbox-entry/Guard/view.h`), instead of those
  /// that were there. What every program may read is what they show. Takes a few milliseconds.
  ///
  /// - Returns: the socket that is all there is in the network of programs that may use the proxy.
  /// - Throws: `.unsupported` with a ``SystemError`` where that is not allowed; what starting a guard throws.
  static func makeView() throws(SandboxError) -> ListeningSocket {
    guard let number = try ask(CSB_GUARD_VIEW).descriptors.first else { throw noAnswer(SystemError(EIO)) }
    return ListeningSocket(number)
  }

  /// Shows more in the namespaces to the programs that start from now on.
  static func show(_ rules: [FileRule]) throws(SandboxError) { _ = try ask(CSB_GUARD_SHOW, rules) }

  /// What control groups of programs can limit.
  struct Controllers: OptionSet, Sendable, Hashable {
    let rawValue: UInt32

    static let memory = Controllers(rawValue: UInt32(CSB_GROUP_MEMORY))
    static let processes = Controllers(rawValue: UInt32(CSB_GROUP_PROCESSES))
  }

  /// Has the guard make control groups, from now on one for each program.
  static func makeGroups() throws(SandboxError) -> Controllers {
    let answer = try ask(CSB_GUARD_GROUPS)
    return Controllers(rawValue: answer.reply.controllers)
  }

  private static func ask(
    _ kind: csb_guard_kind, _ rules: [FileRule] = [], _ features: KernelFeatures = .none
  ) throws(SandboxError) -> (reply: csb_guard_reply, descriptors: [Int32]) {
    var text: [UInt8] = []
    for rule in rules { text += Array(rule.text.utf8) + [0] }
    var message = csb_guard_message()
    message.kind = kind.rawValue
    message.number = UInt32(rules.count)
    message.landlock_abi = UInt32(features.landlockVersion)
    message.layers = features.layers.rawValue
    let bytes = withUnsafeBytes(of: message) { Array($0) } + text
    let socket = try connection()
    let (answer, descriptors) = try conversation.withLock { _ throws(SandboxError) in
      guard csb_send(socket, bytes, bytes.count, nil, 0) == 0 else { throw noAnswer(.current) }
      return try receive(socket)
    }
    guard answer.error_number == 0 else {
      for descriptor in descriptors { close(descriptor) }
      throw refused(kind, SystemError(answer.error_number))
    }
    return (answer, descriptors)
  }

  private static func receive(_ socket: Int32) throws(SandboxError) -> (csb_guard_reply, [Int32]) {
    var reply = csb_guard_reply()
    var descriptors = [Int32](repeating: -1, count: CSB_DESCRIPTOR_LIMIT)
    var count = 0
    let length = csb_receive(socket, &reply, MemoryLayout.size(ofValue: reply), &descriptors, &count)
    guard length == MemoryLayout.size(ofValue: reply) else {
      throw noAnswer(length < 0 ? .current : SystemError(EPIPE))
    }
    return (reply, Array(descriptors[..<count]))
  }

  private static func refused(_ kind: csb_guard_kind, _ cause: SystemError) -> SandboxError {
    guard kind == CSB_GUARD_VIEW || kind == CSB_GUARD_SHOW else {
      return SandboxError(.internalError, "the guard of processes refuses what it is told: \(cause)", cause: cause)
    }
    // What the kernel says when a user may have no more of them has nothing to do with a disk.
    let reason = cause.number == ENOSPC ? "the limit user.max_user_namespaces is reached" : "\(cause)"
    return SandboxError(.unsupported, "namespaces cannot be made: \(reason)", cause: cause)
  }
}
