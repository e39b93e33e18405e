/// Takes a `text/event-stream` apart, as the HTML standard has it (section 9.2.6), in whatever pieces it arrives.
///
/// ``append(_:)`` what has arrived, then ask for ``next()`` until there is none: events that came before something wrong
/// are not lost. Bytes that are not UTF-8 become replacement characters. Comments take no memory, however long.
package struct ServerSentEventParser: Sendable {
  /// The last id that a finished event has given.
  package private(set) var lastEventID: String?
  /// How long the server wants clients to wait before they connect again; at most a day.
  package private(set) var retry: Duration?

  private let maximumLineBytes: Int
  private let maximumEventBytes: Int
  private var pending: [UInt8] = []
  private var position = 0
  private var line: [UInt8] = []
  private var isInComment = false
  private var lastWasCarriageReturn = false
  private var isAtStart = true
  private var name = ""
  private var data: [UInt8] = []
  private var hasData = false
  private var id: String?

  /// - Parameters:
  ///   - maximumLineBytes: of one line that is not a comment.
  ///   - maximumEventBytes: of all data of one event.
  package init(maximumLineBytes: Int = 4 << 20, maximumEventBytes: Int = 8 << 20) {
    self.maximumLineBytes = maximumLineBytes
    self.maximumEventBytes = maximumEventBytes
  }

  /// Whether the stream stands in the middle of an event, which is lost if it ends here.
  package var isInsideEvent: Bool { !line.isEmpty || hasData || !name.isEmpty }

  package mutating func append(_ bytes: [UInt8]) {
    if position == pending.count {
      pending = bytes
    } else {
      pending.removeFirst(position)
      pending += bytes
    }
    position = 0
  }

  /// The next event that has arrived whole; nil when more bytes are needed.
  ///
  /// - Throws: `.outputLimit` when a line or an event is too long; there is no going on after that.
  package mutating func next() throws(SandboxError) -> ServerSentEvent? {
    while position < pending.count {
      if lastWasCarriageReturn {
        lastWasCarriageReturn = false
        if pending[position] == Self.lineFeed {
          position += 1
          continue
        }
      }
      guard try takeLine() else { return nil }
      let complete = line
      line.removeAll(keepingCapacity: complete.count <= 1 << 16)
      if isInComment {
        isInComment = false
      } else if complete.isEmpty {
        if let event = dispatch() { return event }
      } else {
        try take(complete[...])
      }
    }
    return nil
  }

  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  /// Moves bytes up to the end of the line; false when that has not arrived yet.
  private mutating func takeLine() throws(SandboxError) -> Bool {
    let end =
      pending[position...].firstIndex { $0 == Self.lineFeed || $0 == Self.carriageReturn } ?? pending.endIndex
    if line.isEmpty, end > position, pending[position] == UInt8(ascii: ":") { isInComment = true }
    if !isInComment {
      guard end - position <= maximumLineBytes - line.count else {
        throw SandboxError(.outputLimit, "a line of an event stream is longer than \(maximumLineBytes) bytes")
      }
      line += pending[position..<end]
      dropByteOrderMark()
    }
    guard end < pending.endIndex else {
      position = end
      return false
    }
    lastWasCarriageReturn = pending[end] == Self.carriageReturn
    position = end + 1
    isAtStart = false
    return true
  }

  private mutating func dropByteOrderMark() {
    guard isAtStart, line.count >= 3 else { return }
    isAtStart = false
    guard line.starts(with: [0xEF, 0xBB, 0xBF]) else { return }
    line.removeFirst(3)
    if line.first == UInt8(ascii: ":") {
      isInComment = true
      line = []
    }
  }

  private mutating func take(_ line: ArraySlice<UInt8>) throws(SandboxError) {
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    switch String(decoding: line[..<colon], as: UTF8.self) {
    case "data":
      guard value.count < maximumEventBytes - data.count else {
        throw SandboxError(.outputLimit, "an event of an event stream is longer than \(maximumEventBytes) bytes")
      }
      if hasData { data.append(Self.lineFeed) }
      data += value
      hasData = true
    case "event": name = String(decoding: value, as: UTF8.self)
    case "id": if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
    case "retry":
      guard !value.isEmpty, value.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return }
      let milliseconds = Int64(String(decoding: value, as: UTF8.self)) ?? .max
      retry = .milliseconds(min(milliseconds, 86_400_000))
    default: break
    }
  }

  /// The end of an event. One without data is none, but its id counts.
  private mutating func dispatch() -> ServerSentEvent? {
    lastEventID = id
    defer {
      name = ""
      data = []
      hasData = false
    }
    guard hasData else { return nil }
    return ServerSentEvent(
      name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self), id: id)
  }
}
