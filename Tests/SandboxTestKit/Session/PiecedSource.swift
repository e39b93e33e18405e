package import SandboxCore

/// Gives out bytes in pieces of one size, and then fails if it is to.
package struct PiecedSource: BlobSource {
  private var rest: ArraySlice<UInt8>
  private let size: Int
  private let failure: SandboxError?

  package init(_ bytes: [UInt8], _ size: Int, failure: SandboxError? = nil) {
    rest = bytes[...]
    self.size = size
    self.failure = failure
  }

  package mutating func next() throws(SandboxError) -> [UInt8] {
    if rest.isEmpty, let failure { throw failure }
    defer { rest = rest.dropFirst(size) }
    return Array(rest.prefix(size))
  }
}
