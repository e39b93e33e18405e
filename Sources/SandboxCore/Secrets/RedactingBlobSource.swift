/// Gives out what another source does, without secrets, also where one is in two of its pieces.
struct RedactingBlobSource: BlobSource {
  private var source: any BlobSource
  private var stream: RedactingStream
  private var isAtEnd = false

  init(_ source: any BlobSource, redactor: Redactor) {
    self.source = source
    stream = RedactingStream(redactor)
  }

  mutating func next() throws(SandboxError) -> [UInt8] {
    while !isAtEnd {
      let piece = try source.next()
      isAtEnd = piece.isEmpty
      let clean = isAtEnd ? stream.finish() : stream.push(piece)
      // An empty piece would be the end; all of this one may be held back.
      if !clean.isEmpty { return clean }
    }
    return []
  }
}
