import Glibc
import SandboxCore
import Testing

@testable import SandboxTools

/// Whatever lies where a manifest is looked for.
@Suite struct ManifestFileTests {
  private func load(_ path: String) -> ManifestCatalog {
    ManifestLoader.load(paths: [path], builtins: Manifests.builtins)
  }

  private func text(_ id: String) -> String {
    Manifests.manifest(["id": .string(id), "name": .string(id), "builtin": "echo"]).text()
  }

  @Test func foldersAreReadInOrder() throws {
    let folder = try TemporaryFolder()
    folder.folder("b")
    folder.folder("b/deep")
    folder.folder(".hidden")
    for (name, id) in [
      ("c.json", "c"), ("a.json", "a"), ("b/z.json", "bz"), ("b/deep/y.json", "by"), (".x.json", "x"),
      (".hidden/h.json", "h"), ("notes.txt", "t"), ("manifest.schema.json", "s"),
    ] {
      try folder.write(name, text(id))
    }
    let catalog = load(folder.path)
    #expect(catalog.manifests.map(\.id.rawValue) == ["a", "by", "bz", "c"])
    #expect(catalog.manifests.first?.file == "\(folder.path)/a.json")
    #expect(catalog.problems.isEmpty)
    // Several paths, in the order in which they are given; what is there twice is loaded once.
    let twice = ManifestLoader.load(
      paths: ["\(folder.path)/c.json", "\(folder.path)/"], builtins: Manifests.builtins)
    #expect(twice.manifests.map(\.id.rawValue) == ["c", "a", "by", "bz"])
    #expect(twice.problems.count == 1)
  }

  @Test(
    arguments: [
      (Array("{\"id\":".utf8), "is not valid JSON"), (Array("{\"id\":\"a\",\"id\":\"b\"}".utf8), "is not valid JSON"),
      (Array("{} x".utf8), "is not valid JSON"), ([], "is empty"), (Array(" \n".utf8), "is empty"),
      ([0xef, 0xbb, 0xbf, 0x7b, 0x7d], "byte order mark"), ([0xff, 0xfe, 0x7b, 0, 0x7d, 0], "UTF-16"),
      ([0x7b, 0, 0x7d, 0], "UTF-16"), ([0, 0x7b, 0, 0x7d], "UTF-16"),
      ([0x7b, 0x22, 0xff, 0x22, 0x7d], "is not valid JSON"),
      (Array("{\"a\":\"\\ud800\"}".utf8), "is not valid JSON"), (Array("{\"a\":NaN}".utf8), "is not valid JSON"),
      (Array(repeating: UInt8(ascii: "["), count: 513), "is not valid JSON"),
      (Array(repeating: UInt8(ascii: "["), count: 100_000), "is not valid JSON"),
      (Array(repeating: UInt8(ascii: " "), count: 1 << 20 + 1), "is larger than"),
    ] as [([UInt8], String)])
  func badContent(_ bytes: [UInt8], _ reason: String) throws {
    let folder = try TemporaryFolder()
    let bad = try folder.write("bad.json", bytes)
    try folder.write("good.json", text("good"))
    let catalog = load(folder.path)
    #expect(catalog.manifests.map(\.id.rawValue) == ["good"])
    #expect(catalog.problems.map(\.file) == [bad])
    #expect(catalog.problems[0].reason.contains(reason), "\(catalog.problems)")
    #expect(!catalog.problems[0].reason.contains("JSON: not valid JSON"))
    #expect(catalog.problems[0].pointer == "")
    #expect(!catalog.problems[0].isWarning)
  }

  @Test func aHugeFileIsNotRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("huge.json", "{")
    #expect(truncate(path, 1 << 30) == 0)
    #expect(load(path).problems[0].reason.contains("is larger than"))
  }

  @Test func whatIsNoFile() throws {
    let folder = try TemporaryFolder()
    folder.folder("folder.json")
    #expect(mkfifo("\(folder.path)/fifo.json", 0o644) == 0)
    let outside = try TemporaryFolder()
    let secret = try outside.write("secret.json", text("secret"))
    #expect(symlink(secret, "\(folder.path)/link-out.json") == 0)
    #expect(symlink("/nowhere/at/all", "\(folder.path)/link-nowhere.json") == 0)
    #expect(symlink("loop.json", "\(folder.path)/loop.json") == 0)
    try folder.write("real.json", text("real"))
    folder.folder(".data")
    try folder.write(".data/mounted.json", text("mounted"))
    #expect(symlink(".data/mounted.json", "\(folder.path)/mounted.json") == 0)
    let catalog = load(folder.path)
    #expect(catalog.manifests.map(\.id.rawValue) == ["mounted", "real"])
    let reasons = Dictionary(
      uniqueKeysWithValues: catalog.problems.map { ($0.file.split(separator: "/").last ?? "", $0.reason) })
    #expect(reasons["folder.json"]?.contains("is a folder") == true)
    #expect(reasons["fifo.json"]?.contains("is not a regular file") == true)
    #expect(reasons["link-out.json"]?.contains("out of the folder") == true)
    #expect(reasons["link-nowhere.json"]?.contains("leads nowhere") == true)
    #expect(reasons["loop.json"]?.contains("leads nowhere") == true)
    #expect(reasons.count == 5)
  }

  @Test func whatIsNotThere() {
    let catalog = load("/no/such/folder")
    #expect(catalog.manifests.isEmpty)
    #expect(catalog.problems.map(\.reason) == ["there is no such file or folder"])
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything")) func whatMayNotBeRead() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("secret.json", text("a"), mode: 0o000)
    #expect(load(path).problems[0].reason.contains("cannot be read"))
  }

  @Test func deepFoldersEnd() throws {
    let folder = try TemporaryFolder()
    var name = "d"
    for _ in 0..<30 {
      folder.folder(name)
      name += "/d"
    }
    #expect(load(folder.path).problems.map(\.reason) == ["is more than 16 folders deep"])
  }
}
