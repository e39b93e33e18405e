import SandboxCore
import SandboxTestKit

extension SeededGenerator {
  mutating func json(depth: Int) -> JSONValue {
    switch next() % (depth > 0 ? 9 : 6) {
    case 0: return .null
    case 1: return .bool(next() % 2 == 0)
    case 2: return .int(Int64(bitPattern: next()) >> Int64(next() % 64))
    case 3:
      let value = Double(bitPattern: next())
      return .double(value.isFinite ? value : Double(next() % 1_000) / 8)
    case 4: return .decimal("\(next() % 9 + 1)\(next())123456789\(next() % 9 + 1)e\(next() % 1_000)")
    case 5: return .string(text())
    case 6, 7: return .array((0..<next() % 6).map { _ in json(depth: depth - 1) })
    default:
      let count = next() % 10 == 0 ? 40 : next() % 6
      return .object(JSONObject((0..<count).map { _ in (text(), json(depth: depth - 2)) }))
    }
  }

  private mutating func text() -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<next() % 24 {
      let limits: [UInt64] = [0x20, 0x80, 0x80, 0x80, 0x800, 0x10000, 0x110000]
      let limit = limits[Int(next() % UInt64(limits.count))]
      if let scalar = Unicode.Scalar(UInt32(next() % limit)) { scalars.append(scalar) }
    }
    return String(scalars)
  }
}
