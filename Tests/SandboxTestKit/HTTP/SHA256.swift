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
      words.withUnsafeMutableBufferPointer { words in
        constants.withUnsafeBufferPointer { constants in
          for block in stride(from: 0, to: message.count, by: 64) {
            compress(message, block, words, constants, &hash)
          }
        }
      }
    }
    return hash
  }

  // Written for speed without optimisation, for that is how tests are built.
  private static func compress(
    _ message: UnsafeBufferPointer<UInt8>, _ block: Int, _ words: UnsafeMutableBufferPointer<UInt32>,
    _ constants: UnsafeBufferPointer<UInt32>, _ hash: inout [UInt32]
  ) {
    var index = 0
    while index < 16 {
      let start = block + index * 4
      let high = UInt32(message[start]) << 24 | UInt32(message[start + 1]) << 16
      words[index] = high | UInt32(message[start + 2]) << 8 | UInt32(message[start + 3])
      index += 1
    }
    while index < 64 {
      let (a, b) = (words[index - 15], words[index - 2])
      let s0 = (a >> 7 | a << 25) ^ (a >> 18 | a << 14) ^ a >> 3
      let s1 = (b >> 17 | b << 15) ^ (b >> 19 | b << 13) ^ b >> 10
      words[index] = words[index - 16] &+ s0 &+ words[index - 7] &+ s1
      index += 1
    }
    var (a, b, c, d) = (hash[0], hash[1], hash[2], hash[3])
    var (e, f, g, h) = (hash[4], hash[5], hash[6], hash[7])
    index = 0
    while index < 64 {
      let s1 = (e >> 6 | e << 26) ^ (e >> 11 | e << 21) ^ (e >> 25 | e << 7)
      let t1 = h &+ s1 &+ (e & f ^ ~e & g) &+ constants[index] &+ words[index]
      let s0 = (a >> 2 | a << 30) ^ (a >> 13 | a << 19) ^ (a >> 22 | a << 10)
      let t2 = s0 &+ (a & b ^ a & c ^ b & c)
      h = g
      g = f
      f = e
      e = d &+ t1
      d = c
      c = b
      b = a
      a = t1 &+ t2
      index += 1
    }
    for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { hash[index] &+= value }
  }

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
