/// The hash chain through the journal: each event's link depends on all events before it, so that a changed, missing or
/// moved event shows.
///
/// `link(n) = first 16 bytes of SHA-256(link(n-1) ‖ seq ‖ time ‖ version ‖ type ‖ actor ‖ body)`. Numbers are 8 bytes,
/// big-endian; type and actor are preceded by their length, the body ends the input, so no two events give the same
/// bytes.
struct EventChain: Hashable, Sendable {
  static let linkSize = 16

  private(set) var link = [UInt8](repeating: 0, count: linkSize)

  init() {}

  /// Goes on after an event whose link is known.
  init(after link: [UInt8]) { self.link = link }

  mutating func append(_ row: EventRow) {
    var input = link
    input.reserveCapacity(Self.linkSize + 40 + row.type.utf8.count + row.actor.utf8.count + row.body.count)
    for number in [row.sequence, row.time, row.version] { Self.add(number, to: &input) }
    for text in [row.type, row.actor] {
      Self.add(Int64(text.utf8.count), to: &input)
      input.append(contentsOf: text.utf8)
    }
    input.append(contentsOf: row.body)
    link = Array(Digest.sha256(input).prefix(Self.linkSize))
  }

  private static func add(_ number: Int64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
