/// Percent-encoding of one part of a URL (RFC 3986, section 2): everything but unreserved characters.
enum URLEncoding {
  static func component(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%"
        result.unicodeScalars.append(hexDigits[Int(byte >> 4)])
        result.unicodeScalars.append(hexDigits[Int(byte & 15)])
      }
    }
    return result
  }

  private static let hexDigits = Array("0123456789ABCDEF".unicodeScalars)
}
