/// The encoding that pages without UTF-8 mostly have; on the web, ISO 8859-1 and ASCII mean it as well (WHATWG
/// Encoding, section 4.2).
enum Windows1252 {
  private static let upper: [UInt32] = [
    0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
    0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e,
    0x178,
  ]

  static func scalar(_ byte: UInt8) -> Unicode.Scalar {
    (0x80...0x9f).contains(byte) ? Unicode.Scalar(upper[Int(byte) - 0x80]) ?? "\u{fffd}" : Unicode.Scalar(byte)
  }

  static func decode(_ bytes: some Sequence<UInt8>) -> String {
    String(String.UnicodeScalarView(bytes.map(scalar)))
  }
}
