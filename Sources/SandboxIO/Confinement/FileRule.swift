internal import CSandbox

/// What a child may do with a file, or with a folder and everything below it.
package struct FileRule: Sendable, Hashable {
  package enum Access: Sendable, Hashable {
    case read
    /// And read.
    case execute
    /// And read; but not execute what was written, and make no devices.
    case write
    /// And read, and execute what was written.
    case writeAndExecute
    /// Reading and writing a device that is there.
    case device
  }

  package let access: Access
  /// An absolute path. Links are followed when the child starts; one that leads nowhere allows nothing.
  package let path: String
  /// Whether a path with a link in it allows nothing: for places where a program could put one.
  package let isExact: Bool

  package init(_ access: Access, _ path: String, isExact: Bool = false) {
    self.access = access
    self.path = path
    self.isExact = isExact
  }

  /// As the guard takes it.
  var text: String {
    let kind =
      switch access {
      case .read: CSB_RULE_READ
      case .execute: CSB_RULE_EXECUTE
      case .write: CSB_RULE_WRITE
      case .writeAndExecute: CSB_RULE_WRITE_EXECUTE
      case .device: CSB_RULE_DEVICE
      }
    let letter = "\(Character(UnicodeScalar(UInt8(truncatingIfNeeded: kind))))"
    return "\(isExact ? letter.uppercased() : letter)\(path)"
  }
}
