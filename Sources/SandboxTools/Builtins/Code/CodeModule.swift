/// How JavaScript or TypeScript takes in other files, and so what its own file must be called: old versions of node go
/// by the name alone.
enum CodeModule: String {
  case module = "m"
  case commonJS = "c"
  case undecided = ""

  init(_ code: String) {
    let lines = code.split(whereSeparator: \.isNewline).lazy.map { $0.drop(while: \.isWhitespace) }
    let isModule = lines.contains { line in
      ["import ", "import{", "import\"", "import'", "export ", "await "].contains { line.hasPrefix($0) }
    }
    self = isModule ? .module : code.contains("require(") || code.contains("module.exports") ? .commonJS : .undecided
  }

  func fileName(_ language: CodeLanguage) -> String {
    switch language {
    case .typescript: "program.\(rawValue)ts"
    case .javascript: "program.\(rawValue)js"
    case .python: "program.py"
    case .shell: "program.sh"
    }
  }
}
