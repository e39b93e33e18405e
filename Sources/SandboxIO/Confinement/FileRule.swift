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

  package init(_ access: Access, _ path: String) {
    self.access = access
    self.path = path
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
    return "\(Character(UnicodeScalar(UInt8(truncatingIfNeeded: kind))))\(path)"
  }
}
