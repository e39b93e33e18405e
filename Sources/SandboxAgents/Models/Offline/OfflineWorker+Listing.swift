import SandboxCore

extension OfflineWorker {
  private static let maximumListings = 24

  /// Lists the workspace when the request speaks of files, or when a tool that fits needs a file. The kinds of file it
  /// names are listed once more by themselves, folder by folder where a listing was cut, so that they can be counted.
  func listing() -> [OfflineReply.Call] {
    guard let lister = tool(.lists) else { return [] }
    let needsFile = tools.contains { OfflineArguments.requiredPath(in: $0.parameters) != nil && match.fits($0) }
    guard needsFile || match.means("file") || match.means("table") || match.means("document") else { return [] }
    let room = Self.maximumListings - conversation.calls(of: lister.name).count
    guard room > 0 else { return [] }
    var calls = [list(lister, in: ".", nil)].compactMap(\.self)
    if lister.parameters["properties"]?["pattern"] != nil {
      calls += kinds.flatMap(\.extensions).prefix(6).flatMap { open(lister, in: ".", "*.\($0)") }
    }
    return Array(calls.filter { !conversation.wasCalled($0.name, $0.arguments) }.prefix(room))
  }

  /// Whether all files with these endings have been listed.
  func isCounted(_ extensions: [String]) -> Bool {
    guard let lister = tool(.lists), lister.parameters["properties"]?["pattern"] != nil else { return false }
    return extensions.allSatisfy { open(lister, in: ".", "*.\($0)").isEmpty }
  }

  /// The listings that are still to be made, or failed, to know all files of a folder that match.
  private func open(_ lister: ToolSpecification, in folder: String, _ pattern: String) -> [OfflineReply.Call] {
    guard let all = list(lister, in: folder, pattern) else { return [] }
    guard let done = result(of: all) else { return [all] }
    if isWhole(done) { return [] }
    guard let flat = list(lister, in: folder, nil, isRecursive: false) else { return [] }
    guard let entries = result(of: flat), isWhole(entries) else { return [flat] }
    let folders = (entries.value?["entries"]?.arrayValue ?? []).filter {
      $0["type"] == "folder" || $0["type"] == "directory"
    }
    return folders.compactMap { $0["path"]?.stringValue }.flatMap { open(lister, in: $0, pattern) }
  }

  private func list(
    _ lister: ToolSpecification, in folder: String, _ pattern: String?, isRecursive: Bool = true
  ) -> OfflineReply.Call? {
    let properties = lister.parameters["properties"]
    var prepared: [String: JSONValue] = ["recursive": .bool(isRecursive)]
    if let pattern { prepared["pattern"] = .string(pattern) }
    if let most = properties?["limit"]?["maximum"] { prepared["limit"] = most }
    return call(lister, path: folder, prepared: prepared)
  }

  private func result(of call: OfflineReply.Call) -> OfflineConversation.Call? {
    conversation.calls.first { $0.isSame(as: call.name, call.arguments) && !$0.isError }
  }

  private func isWhole(_ call: OfflineConversation.Call) -> Bool {
    call.isWhole && call.value?["truncated"]?.boolValue != true
  }
}
