/// Collects one output stream in constant memory: the first bytes, and the last ones in a ring; and all of them in a file,
/// when there are more than the first and somebody wants them.
struct OutputCapture {
  private let headLimit: Int
  private let tailLimit: Int
  private var head: [UInt8] = []
  private var ring: [UInt8] = []
  /// Where the next byte goes once the ring is full.
  private var position = 0
  private(set) var totalBytes = 0
  private let folder: String?
  private var file: OutputFile?

  init(_ limits: OutputLimits) {
    headLimit = limits.head
    tailLimit = limits.tail
    folder = limits.folder
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    keep(bytes)
    totalBytes += bytes.count
    let headCount = min(headLimit - head.count, bytes.count)
    head.append(contentsOf: bytes[..<headCount])
    // Whatever is further from the end than the ring is long would be overwritten at once.
    var rest = bytes[headCount...].suffix(tailLimit)
    let free = min(tailLimit - ring.count, rest.count)
    ring.append(contentsOf: rest.prefix(free))
    rest = rest.dropFirst(free)
    while !rest.isEmpty {
      let count = min(ring.count - position, rest.count)
      ring.replaceSubrange(position..<position + count, with: rest.prefix(count))
      position = (position + count) % ring.count
      rest = rest.dropFirst(count)
    }
  }

  private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
    if file == nil, let folder, totalBytes <= headLimit, totalBytes + bytes.count > headLimit {
      file = OutputFile(in: folder)
      head.withUnsafeBytes { file?.append($0) }
    }
    file?.append(bytes)
  }

  var output: CapturedOutput {
    CapturedOutput(
      head: head, tail: Array(ring[position...] + ring[..<position]), totalBytes: totalBytes, whole: file?.complete)
  }
}
