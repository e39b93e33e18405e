import SandboxCore

/// Turns a schema into nodes, the root first.
struct SchemaCompiler {
  var store: SchemaLibrary
  private var nodes: [SchemaNode?] = []
  /// Sites whose nodes are still to be made.
  private var queue: [(site: Int, node: Int)] = []
  private var anchorNames: [String] = []
  private var anchorIndices: [JSONKey: Int] = [:]
  private var patternSize = 0

  /// Instructions of all patterns.
  private static let maximumPatternSize = 500_000

  static func compile(
    _ schema: JSONValue, documents: [String: JSONValue], defaultDialect: SchemaDialect
  ) throws(SchemaProblem) -> SchemaProgram {
    var compiler = SchemaCompiler(
      store: try SchemaLibrary(schema, documents: documents, defaultDialect: defaultDialect))
    _ = try compiler.node(at: 0)
    try compiler.makeNodes()
    let anchors = try compiler.makeDynamicAnchors()
    let nodes = compiler.nodes.compactMap { $0 }
    try SchemaNesting.check(nodes)
    return SchemaProgram(nodes: nodes, dynamicAnchors: anchors, unknownDialect: compiler.store.unknownDialect)
  }

  private init(store: SchemaLibrary) { self.store = store }

  /// The node of the schema at this site, which is made later. A schema that is nothing but a reference is what it
  /// refers to.
  mutating func node(at site: Int) throws(SchemaProblem) -> Int {
    var path = [site]
    var visited: Set<Int> = [site]
    var last = site
    while store.sites[last].node == nil, let target = try referenceAlone(at: last) {
      guard visited.insert(target).inserted else {
        throw SchemaProblem(store.pointer(of: target), "refers to itself without end")
      }
      path.append(target)
      last = target
    }
    let node: Int
    if let known = store.sites[last].node {
      node = known
    } else {
      node = nodes.count
      nodes.append(nil)
      queue.append((last, node))
      try store.spend(1, at: last)
    }
    for site in path { store.setNode(node, of: site) }
    return node
  }

  /// The number of a dynamic anchor's name.
  mutating func anchor(named name: String) -> Int {
    if let index = anchorIndices[JSONKey(name)] { return index }
    anchorNames.append(name)
    anchorIndices[JSONKey(name)] = anchorNames.count - 1
    return anchorNames.count - 1
  }

  mutating func count(_ pattern: Pattern) throws(SandboxError) {
    patternSize += pattern.size
    guard patternSize <= Self.maximumPatternSize else {
      throw SandboxError(.unsupported, "the patterns of the schema are too large together")
    }
  }

  private mutating func makeNodes() throws(SchemaProblem) {
    while let (site, node) = queue.popLast() {
      nodes[node] = SchemaNode(
        pointer: store.pointer(of: site), resource: store.sites[site].resource, rules: try rules(at: site))
    }
  }

  private mutating func rules(at site: Int) throws(SchemaProblem) -> SchemaRules {
    switch store.sites[site].value {
    case .bool(let allows): return SchemaRules(isNever: !allows)
    case .object(let object):
      try store.spend(object.count, at: site)
      return try SchemaReader.rules(of: object, at: site, &self)
    case let other:
      throw SchemaProblem(
        store.pointer(of: site), "a schema must be an object or a boolean, not \(other.typeName)")
    }
  }

  /// The target of a schema that has no other demand than its reference. Not across resources: a dynamic reference
  /// wants to know all of them on its way.
  private mutating func referenceAlone(at site: Int) throws(SchemaProblem) -> Int? {
    guard let object = store.sites[site].value.objectValue, let reference = object["$ref"]?.stringValue,
      store.dialect(of: site).isOlder
        || object.allSatisfy({ $0.key == "$ref" || SchemaReader.annotations.contains($0.key) })
    else { return nil }
    let target = try store.resolve(reference, from: site, keyword: "$ref").site
    return store.sites[target].resource == store.sites[site].resource ? target : nil
  }

  /// Compiles what dynamic references may lead to: the anchors of all resources that are part of the schema, which may
  /// make others part of it.
  private mutating func makeDynamicAnchors() throws(SchemaProblem) -> [[Int: Int]] {
    var anchors: [[Int: Int]] = []
    var done: Set<Int> = []
    var names = 0
    while true {
      let resources = Set(nodes.compactMap { $0?.resource })
      if resources == done, anchorNames.count == names { return anchors }
      (done, names) = (resources, anchorNames.count)
      anchors = []
      for name in anchorNames {
        var targets: [Int: Int] = [:]
        for resource in resources.sorted() {
          try store.spend(1, at: 0)
          guard let site = store.resources[resource].dynamicAnchors[JSONKey(name)] else { continue }
          targets[resource] = try node(at: site)
        }
        anchors.append(targets)
      }
      try makeNodes()
    }
  }
}
