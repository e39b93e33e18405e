internal import Glibc

extension OwnedDescriptor {
  private static let largestChunk = 1 << 20

  /// At most `length` bytes of a file from `offset` on; fewer only at its end.
  ///
  /// - Parameter expected: how many there probably are.
  func read(at offset: Int, length: Int, expecting expected: Int) throws(SystemError) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(max(0, min(length, expected)))
    while result.count < length {
      // No file is that long, and the system refuses to look.
      guard offset < Int.max - result.count - Self.largestChunk else { break }
      let position = offset + result.count
      var failure: SystemError?
      let chunk = [UInt8](unsafeUninitializedCapacity: min(length - result.count, Self.largestChunk)) { buffer, count in
        let read = pread(number, buffer.baseAddress, buffer.count, off_t(position))
        if read < 0 { failure = .current }
        count = max(0, read)
      }
      if let failure {
        if failure.number == EINTR { continue }
        throw failure
      }
      if chunk.isEmpty { break }
      result += chunk
    }
    return result
  }
}
