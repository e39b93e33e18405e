import SandboxCore

extension OfflineWorker {
  /// Writes the report, when one is asked for and none was written yet.
  func composing() -> [OfflineReply.Call] {
    let composers = tools(.composes)
    let asked = composers.filter { match.means("document") || !task.outputPaths.isEmpty || match.fits($0) }
    guard let composer = asked.first(where: { $0.parameters["properties"]?["title"] != nil }) ?? asked.first,
      let content = Capability.contentArgument(of: composer)
    else { return [] }
    let made = conversation.calls(of: composer.name)
    guard made.count < 2, !made.contains(where: { !$0.isError }) else { return [] }
    let output = task.outputPaths.first
    var prepared: [String: JSONValue] = ["title": .string(task.title), content: .string(document)]
    if let choices = composer.parameters["properties"]?["format"]?["enum"]?.arrayValue {
      prepared["format"] = made.isEmpty ? format(among: choices) : Self.markdown(choices)
    }
    let required = (composer.parameters["required"]?.arrayValue ?? []).compactMap(\.stringValue)
    for name in ["name", "filename"] where composer.parameters["properties"]?[name] != nil {
      let file = (output ?? "report.md").split(separator: "/").last.map(String.init)
      // Without a wish for its name, the tool knows the ending best.
      prepared[name] = file.map { .string(output == nil && !required.contains(name) ? "report" : $0) }
    }
    return [call(composer, path: output ?? "report.md", prepared: prepared)].compactMap(\.self)
  }

  private func format(among choices: [JSONValue]) -> JSONValue? {
    let wanted = task.outputPaths.map { OfflineTask.fileExtension($0) } + task.words.words
    let said = choices.first { choice in
      choice.stringValue.map {
        wanted.contains($0) || !Set(OfflineLexicon.extensions(of: $0) ?? []).isDisjoint(with: wanted)
      } ?? false
    }
    return said ?? Self.markdown(choices)
  }

  private static func markdown(_ choices: [JSONValue]) -> JSONValue? {
    choices.first { ["markdown", "md"].contains($0.stringValue) } ?? choices.first
  }

  /// The pictures among the artifacts, to be shown in place.
  private static func images(_ artifacts: [String]) -> [String] {
    let names = artifacts.flatMap { $0.split(separator: "\n") }.compactMap { line in
      line.split(separator: "`", omittingEmptySubsequences: false).dropFirst().first.map(String.init)
    }
    return names.filter { ["svg", "png"].contains(OfflineTask.fileExtension($0)) }.map { "![\($0)](\($0))" }
  }

  /// The report: what was asked, from what, what was found, how.
  private var document: String {
    var sections = OfflineSections(reading: task.context)
    sections.append(findings)
    func part(_ title: String, _ bodies: [String]) -> String? {
      bodies.isEmpty ? nil : "## \(title)\n\n\(OfflineSections.joined(bodies))"
    }
    let nothing = ["No results of earlier steps and no data were available, so this report has no findings."]
    return [
      "# \(task.title)", part("Question", [task.request]), part("Data used", sections.data),
      part("Findings", sections.findings.isEmpty ? (sections.data.isEmpty ? nothing : []) : sections.findings),
      part("Charts", Self.images(sections.artifacts)), part("Files", sections.artifacts),
      part("Method", sections.method), part("Problems", sections.problems),
      OfflineReply.note,
    ].compactMap(\.self).joined(separator: "\n\n")
  }
}
