/// A request as a ``LoopbackServer`` received it.
package struct LoopbackRequest: Sendable {
  package let method: String
  /// Path and query as sent.
  package let target: String
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]
  /// Which connection it came over, counted from 0.
  package let connection: Int

  package var path: String { String(target.prefix { $0 != "?" }) }
  package var text: String { String(decoding: body, as: UTF8.self) }

  /// The first value of a header, whose name is compared without regard to case.
  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
