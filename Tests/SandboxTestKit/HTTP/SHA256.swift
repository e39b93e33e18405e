/// SHA-256 (FIPS 180-4), written out here so that tests do not check a hash with the code that made it.
package enum SHA256 {
  /// In lower-case hexadecimal.
  package static func hex(_ bytes: [UInt8]) -> String {
    digest(bytes).map { word in
      let text = String(word, radix: 16)
      return String(repeating: "0", count: 8 - text.count) + text
    }.joined()
  }

  private static func digest(_ bytes: [UInt8]) -> [UInt32] {
    var message = bytes + [0x80]
    message += [UInt8](repeating: 0, count: (120 - message.count % 64) % 64)
    let bits = UInt64(bytes.count) * 8
    message += stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> UInt64($0)) }
    var hash = initial
    var words = [UInt32](repeating: 0, count: 64)
    message.withUnsafeBufferPointer { message in
      for block in stride(from: 0, to: message.count, by: 64) { compress(message, block, &words, &hash) }
    }
    return hash
  }

  private static func compress(
    _ message: UnsafeBufferPointer<UInt8>, _ block: Int, _ words: inout [UInt32], _ hash: inout [UInt32]
  ) {
    for index in 0..<16 {
      let start = block + index * 4
      words[index] =
        UInt32(message[start]) << 24 | UInt32(message[start + 1]) << 16 | UInt32(message[start + 2]) << 8
        | UInt32(message[start + 3])
    }
    for index in 16..<64 {
      let (a, b) = (words[index - 15], words[index - 2])
      let s0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3
      let s1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10
      words[index] = words[index - 16] &+ s0 &+ words[index - 7] &+ s1
    }
    var (a, b, c, d) = (hash[0], hash[1], hash[2], hash[3])
    var (e, f, g, h) = (hash[4], hash[5], hash[6], hash[7])
    for index in 0..<64 {
      let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      let t1 = h &+ s1 &+ (e & f ^ ~e & g) &+ constants[index] &+ words[index]
      let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      let t2 = s0 &+ (a & b ^ a & c ^ b & c)
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
    }
    for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { hash[index] &+= value }
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

  // The first 32 bits of the fractional parts of the square and cube roots of the first primes.
  private static let initial: [UInt32] = primes(8).map { fraction($0, root: 2) }
  private static let constants: [UInt32] = primes(64).map { fraction($0, root: 3) }

  private static func primes(_ count: Int) -> [UInt64] {
    var found: [UInt64] = []
    var candidate: UInt64 = 2
    while found.count < count {
      if !found.contains(where: { candidate.isMultiple(of: $0) }) { found.append(candidate) }
      candidate += 1
    }
    return found
  }

  /// floor(frac(prime^(1/root)) · 2^32), by bisection in integers: x^root ≤ prime · 2^(32·root).
  private static func fraction(_ prime: UInt64, root: Int) -> UInt32 {
    var (low, high): (UInt64, UInt64) = (0, 1 << 37)
    while high - low > 1 {
      let middle = (low + high) / 2
      let power = (1..<root).reduce(UInt128(middle)) { product, _ in product * UInt128(middle) }
      if power <= UInt128(prime) << UInt128(32 * root) { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
  }
}
