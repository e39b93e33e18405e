internal import CSQLite
import Synchronization

/// Interrupts the statement that a connection runs, from any thread. After the connection closed it does nothing.
package final class SQLiteInterruptHandle: Sendable {
  /// The connection's address, as a pointer is not `Sendable`; 0 once the connection is closed.
  private let address: Mutex<UInt>

  init(connection: OpaquePointer) { address = Mutex(UInt(bitPattern: connection)) }

  /// The running statement throws `cancelled`; a statement that starts later is not affected.
  package func interrupt() {
    address.withLock { address in
      if let connection = OpaquePointer(bitPattern: address) { sqlite3_interrupt(connection) }
    }
  }

  func invalidate() { address.withLock { $0 = 0 } }
}
