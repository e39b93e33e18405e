/// What is looked for, laid out so that most places of a text are passed with one look: a bit for every first four bytes
/// with which a form of a secret, or a shape, can begin. Only where it is set the forms themselves are compared.
final class RedactionTable: Sendable {
  /// The bytes that the forms beginning with the same four have, longest first.
  private struct Form: Sendable {
    let bytes: [UInt8]
    /// The last eight, by which keys of one kind differ.
    let ending: UInt64
  }

  private struct Entry: Sendable {
    var forms: [Form] = []
    var shapes: [KeyShape] = []
  }

  static let headCount = 4
  private static let filterBits = 16

  private let filter: [UInt64]
  private let entries: [UInt32: Entry]
  /// Bytes of the longest that can be hidden at once.
  let longest: Int

  /// - Parameter forms: each of eight bytes or more.
  init(forms: Set<[UInt8]>) {
    var entries = Self.shapeEntries
    for bytes in forms.sorted(by: { $0.count > $1.count }) where bytes.count >= SecretForms.leastBytes {
      let form = bytes.withUnsafeBytes { Form(bytes: bytes, ending: Self.word($0, at: bytes.count - 8)) }
      entries[Self.head(of: bytes), default: Entry()].forms.append(form)
    }
    var filter = [UInt64](repeating: 0, count: 1 << (Self.filterBits - 6))
    for head in entries.keys {
      let bit = Self.filterBit(head)
      filter[bit >> 6] |= 1 << UInt64(bit & 63)
    }
    self.filter = filter
    self.entries = entries
    longest = max(KeyShape.longest, (forms.map(\.count).max() ?? 0) + Self.ellipsis.count)
  }

  private static let shapeEntries: [UInt32: Entry] = {
    var entries: [UInt32: Entry] = [:]
    for shape in KeyShape.all {
      for bytes in Set(shape.heads) { entries[head(of: bytes), default: Entry()].shapes.append(shape) }
    }
    return entries
  }()

  /// Nothing shorter than that is ever hidden.
  static let leastCount = 7

  /// The first place from `start` where something may begin, or the first where that cannot be told for want of bytes.
  func candidate(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    let end = text.count - Self.headCount
    guard start <= end, let base = text.baseAddress else { return max(start, end + 1) }
    let raw = UnsafeRawPointer(base)
    return filter.withUnsafeBufferPointer { filter in
      var position = start
      while position <= end {
        let bit = Self.filterBit(raw.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        // The index has ten bits, as many as the filter has words.
        if filter[bit >> 6] >> UInt64(bit & 63) & 1 == 1 { break }
        position += 1
      }
      return position
    }
  }

  struct Finding {
    /// The end of the longest form that begins here, whole or cut off.
    var end: Int?
    var shape: KeyShape.Match?
  }

  /// What begins at a candidate.
  ///
  /// - Returns: nil when that depends on bytes that are not there yet.
  func finding(at position: Int, in text: UnsafeBufferPointer<UInt8>, isFinal: Bool) -> Finding? {
    let raw = UnsafeRawBufferPointer(text)
    guard let entry = entries[raw.loadUnaligned(fromByteOffset: position, as: UInt32.self)] else { return Finding() }
    var finding = Finding()
    for form in entry.forms {
      let end = position + form.bytes.count
      if end <= text.count {
        if finding.end == nil, Self.word(raw, at: end - 8) == form.ending, Self.isEqual(form.bytes, raw, position) {
          finding.end = end
        }
      } else if !isFinal, Self.isEqual(form.bytes, raw, position) {
        return nil
      }
    }
    for form in entry.forms {
      switch Self.cut(form.bytes, raw, position) {
      case .unknown where !isFinal: return nil
      case .at(let end): finding.end = max(end, finding.end ?? end)
      case .unknown, .nowhere: continue
      }
    }
    for shape in entry.shapes {
      var probe = TextProbe(text)
      let match = shape.match(at: position, &probe)
      if probe.ranOut, !isFinal { return nil }
      if finding.shape == nil { finding.shape = match }
    }
    return finding
  }

  /// By which a text shows that it was shortened.
  private static let ellipsis = Array("…".utf8)

  private enum Cut {
    case at(Int)
    case nowhere
    /// It depends on bytes that are not there.
    case unknown
  }

  /// Where a form that begins here was cut off: at an ellipsis, or at the end of the text when most of it is there. Texts
  /// are shortened by many, and what is left of a secret then is not to be told either.
  private static func cut(_ form: [UInt8], _ text: UnsafeRawBufferPointer, _ position: Int) -> Cut {
    let most = min(form.count, text.count - position)
    var count = headCount
    while count < most, form[count] == text[position + count] { count += 1 }
    guard count < form.count else { return .nowhere }
    let rest = text[(position + count)...].prefix(ellipsis.count)
    if rest.elementsEqual(ellipsis) { return .at(position + count) }
    guard ellipsis.starts(with: rest) else { return .nowhere }
    return rest.isEmpty && count >= SecretForms.leastBytes && count * 4 >= form.count * 3 ? .at(text.count) : .unknown
  }

  /// Compares as many bytes as there are.
  private static func isEqual(_ form: [UInt8], _ text: UnsafeRawBufferPointer, _ position: Int) -> Bool {
    let count = min(form.count, text.count - position)
    return form.withUnsafeBytes { $0[..<count].elementsEqual(text[position..<(position + count)]) }
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
    bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }

  private static func head(of bytes: [UInt8]) -> UInt32 {
    bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
  }

  @inline(__always)
  private static func filterBit(_ head: UInt32) -> Int { Int((head &* 0x9E37_79B1) >> UInt32(32 - filterBits)) }
}
