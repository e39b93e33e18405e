import SandboxCore
import SandboxIO
import Testing

@Suite("Address policy")
struct AddressPolicyTests {
  @Test(
    "special addresses are denied, first and last of each network",
    arguments: [
      "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "100.100.100.200",
      "127.0.0.0", "127.0.0.1", "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0",
      "172.31.255.255", "192.0.0.0", "192.0.0.192", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.88.99.0",
      "192.88.99.255", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255", "198.51.100.0",
      "198.51.100.255", "203.0.113.0", "203.0.113.255", "168.63.129.16", "224.0.0.0", "239.255.255.255", "240.0.0.0",
      "255.255.255.255", "::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:a9fe:a9fe",
      "::ffff:10.0.0.1", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::168.63.129.16",
      "64:ff9b:1::8.8.8.8", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "100::", "100::ffff", "2001::", "2001:0:4136:e378::1",
      "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
      "2002:0a00:0001::", "3fff::1", "5f00::1", "fc00::", "fd00:ec2::254", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
      "fe80::1", "febf::1", "fec0::1", "feff::1", "ff02::1", "4000::1", "1fff:ffff::1",
    ])
  func denied(text: String) throws {
    #expect(!AddressPolicy().allows(try #require(IPAddress(text))))
  }

  @Test(
    "public addresses are allowed, also just beside a special network",
    arguments: [
      "1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
      "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0",
      "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.114.0", "168.63.129.15",
      "168.63.129.17", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2001:200::1", "2001:4860:4860::8888",
      "2001:db7:ffff::1", "2002:0808:0808::1", "2003::1", "2606:4700::1111", "3ffe:ffff::1",
    ])
  func allowed(text: String) throws {
    #expect(AddressPolicy().allows(try #require(IPAddress(text))))
  }

  @Test("an allow-list adds exactly its networks")
  func allowList() throws {
    let policy = try AddressPolicy(parsing: "127.0.0.0/8, ::1,10.1.0.0/16 192.168.7.9\n,fd00::/8,,")
    for text in ["127.0.0.1", "127.255.0.1", "::1", "10.1.0.0", "10.1.255.255", "192.168.7.9", "fd12::9", "8.8.8.8"] {
      #expect(policy.allows(try #require(IPAddress(text))), "\(text)")
    }
    // What is wrapped in IPv4-mapped form is the address itself; translated addresses are not.
    #expect(policy.allows(try #require(IPAddress("::ffff:127.0.0.1"))))
    for text in ["10.0.255.255", "10.2.0.0", "192.168.7.8", "::2", "fc00::1", "64:ff9b::10.1.0.1", "2002:0a01:0001::"] {
      #expect(!policy.allows(try #require(IPAddress(text))), "\(text)")
    }
    #expect(try AddressPolicy(parsing: "") == AddressPolicy())
    #expect(try AddressPolicy(parsing: "0.0.0.0/0").allows(try #require(IPAddress("10.0.0.1"))))
  }

  @Test(
    "an allow-list that is none is refused, and the entry named",
    arguments: [
      "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/8/8", "10.0.0/8", "::/129", "::1%lo", "[::1]",
      "10.0.0.0/+8", "0x7f.1", "127.1", "1.2.3.4.5", "/8", "10.0.0.1-10.0.0.9",
    ])
  func badAllowList(entry: String) {
    let error = #expect(throws: SandboxError.self) { try AddressPolicy(parsing: "10.0.0.0/8,\(entry)") }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("\"\(entry)\"") == true)
  }

  @Test("addresses are written in the usual way")
  func text() throws {
    for text in ["0.0.0.0", "255.254.0.1", "::", "::1", "2001:db8::8:800:200c:417a", "fe80::1"] {
      #expect(try #require(IPAddress(text)).description == text)
    }
    #expect(try #require(IPAddress("::FFFF:1.2.3.4")).description == "1.2.3.4")
    for text in ["", "1", "1.2.3", "1.2.3.4 ", "01.2.3.4.", "::1%lo", "[::1]", "1.2.3.256", ":", ":::"] {
      #expect(IPAddress(text) == nil, "\(text)")
    }
  }
}
