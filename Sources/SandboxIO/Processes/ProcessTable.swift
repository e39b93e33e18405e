internal import Glibc

/// What `/proc` says about processes (proc(5)). Everything is a snapshot that may be outdated when it is read.
enum ProcessTable {
  struct Entry {
    let pid: pid_t
    let state: UInt8
    let parent: pid_t
    let session: pid_t

    /// Dead, and waiting for its parent to collect the status.
    var isZombie: Bool { state == UInt8(ascii: "Z") || state == UInt8(ascii: "X") }
  }

  static func entry(of pid: pid_t) -> Entry? { entry(at: "/proc/\(pid)/stat", pid: pid) }

  /// The direct children to which orphans are added. The kernel gives orphans to the first thread that is alive, so the
  /// main thread's children are enough unless it has ended.
  static func adoptedChildren() -> [pid_t] {
    let own = getpid()
    if let main = entry(at: "/proc/self/task/\(own)/stat", pid: own), !main.isZombie,
      let children = children(ofThread: own)
    {
      return children
    }
    let threads = numericNames(in: "/proc/self/task")
    let lists = threads.compactMap(children(ofThread:))
    // Without CONFIG_PROC_CHILDREN there are no such files.
    return lists.isEmpty ? all().filter { $0.parent == own }.map(\.pid) : lists.flatMap { $0 }
  }

  /// Every process below `ancestor`, zombies included.
  static func descendants(of ancestor: pid_t) -> [Entry] {
    let byParent = Dictionary(grouping: all(), by: \.parent)
    var result: [Entry] = []
    var open = [ancestor]
    // A snapshot that is not of one moment could contain a cycle.
    var seen: Set<pid_t> = [ancestor]
    while let parent = open.popLast() {
      for child in byParent[parent] ?? [] where seen.insert(child.pid).inserted {
        result.append(child)
        open.append(child.pid)
      }
    }
    return result
  }

  /// Whether the environment with which a process was started has this variable with this value; nil when there is
  /// none to be seen, as of a process that is just starting a program, or that was given an empty one.
  static func environment(of pid: pid_t, has name: String, value: String) -> Bool? {
    guard let bytes = contents(of: "/proc/\(pid)/environ", limit: 1 << 20) else { return false }
    if bytes.isEmpty { return nil }
    return bytes.split(separator: 0).contains { $0.elementsEqual("\(name)=\(value)".utf8) }
  }

  private static func all() -> [Entry] { numericNames(in: "/proc").compactMap(entry(of:)) }

  private static func entry(at path: String, pid: pid_t) -> Entry? {
    // The name in parentheses may contain anything, so the fields are counted from its end.
    guard let bytes = contents(of: path, limit: 4096), let end = bytes.lastIndex(of: UInt8(ascii: ")")) else {
      return nil
    }
    let fields = bytes[(end + 1)...].split(separator: UInt8(ascii: " "), maxSplits: 4)
    guard fields.count >= 4, let state = fields[0].first, let parent = number(fields[1]),
      let session = number(fields[3])
    else { return nil }
    return Entry(pid: pid, state: state, parent: parent, session: session)
  }

  private static func children(ofThread thread: pid_t) -> [pid_t]? {
    contents(of: "/proc/self/task/\(thread)/children", limit: 1 << 20)?
      .split(separator: UInt8(ascii: " ")).compactMap(number)
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> pid_t? { pid_t(String(decoding: digits, as: UTF8.self)) }

  private static func numericNames(in path: String) -> [pid_t] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var result: [pid_t] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { $0.prefix { $0 != 0 }.map { $0 } }
      if let number = number(name[...]) { result.append(number) }
    }
    return result
  }

  private static func contents(of path: String, limit: Int) -> [UInt8]? {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { return nil }
    let file = OwnedDescriptor(number)
    var result: [UInt8] = []
    while result.count < limit {
      let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        count = max(0, read(file.number, buffer.baseAddress, buffer.count))
      }
      if chunk.isEmpty { break }
      result += chunk
    }
    return result
  }
}
