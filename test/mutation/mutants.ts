import ts from 'typescript'

/** One changed place of a source file. While `globalThis.mutant` is its id, the changed form runs instead of the written one. */
export interface Mutant {
  readonly id: number
  readonly file: string
  readonly line: number
  readonly written: string
  readonly change: string
}

const { SyntaxKind } = ts
const boundaries = new Map<ts.SyntaxKind, ts.BinaryOperator>([
  [SyntaxKind.LessThanToken, SyntaxKind.LessThanEqualsToken], [SyntaxKind.LessThanEqualsToken, SyntaxKind.LessThanToken],
  [SyntaxKind.GreaterThanToken, SyntaxKind.GreaterThanEqualsToken], [SyntaxKind.GreaterThanEqualsToken, SyntaxKind.GreaterThanToken],
])
const comparisons = new Set<ts.SyntaxKind>([SyntaxKind.EqualsEqualsEqualsToken, SyntaxKind.ExclamationEqualsEqualsToken, ...boundaries.keys()])

/**
 * Puts every mutant of a file's guards behind a switch: a call that refuses is left out; a comparison is always or never true, or off by
 * its boundary; one side of `&&` and `||` is dropped, a `!` too; `some` and `every` change places; a co-signature is not asked for.
 */
export function withMutants(file: string, text: string, firstId: number): { readonly text: string; readonly mutants: readonly Mutant[] } {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS)
  const mutants: Mutant[] = []
  const { factory } = ts

  const noted = (node: ts.Node, change: string): ts.Expression => {
    const id = firstId + mutants.length
    mutants.push({ id, file, line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1, written: node.getText(source).replaceAll(/\s+/g, ' '), change })
    return factory.createStrictEquality(factory.createPropertyAccessExpression(factory.createIdentifier('globalThis'), 'mutant'), factory.createNumericLiteral(id))
  }
  const either = (node: ts.Node, written: ts.Expression, forms: readonly (readonly [change: string, form: ts.Expression])[]): ts.Expression =>
    forms.reduce((rest: ts.Expression, [change, form]) => factory.createParenthesizedExpression(factory.createConditionalExpression(noted(node, change), undefined, form, undefined, rest)), factory.createParenthesizedExpression(written))

  const result = ts.transform(source, [(context) => {
    const visit = (node: ts.Node): ts.Node => {
      // Types have no behaviour, and an argument schema is no guard of title.
      if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node)) return node
      const inner = ts.visitEachChild(node, visit, context)
      if (ts.isExpressionStatement(inner) && isRefusing(inner.expression)) return factory.createBlock([factory.createIfStatement(factory.createLogicalNot(factory.createParenthesizedExpression(noted(node, 'left out'))), factory.createBlock([inner]))]) // a block, or the new `if` takes the `else` of one around it
      if (ts.isBinaryExpression(inner)) {
        const operator = inner.operatorToken.kind
        if (operator === SyntaxKind.AmpersandAmpersandToken || operator === SyntaxKind.BarBarToken) return either(node, inner, [['only the left side', inner.left], ['only the right side', inner.right]])
        if (!comparisons.has(operator)) return inner
        const boundary = boundaries.get(operator)
        return either(node, inner, [['always true', factory.createTrue()], ['always false', factory.createFalse()], ...(boundary === undefined ? [] : [['off by the boundary', factory.createBinaryExpression(inner.left, boundary, inner.right)] as const])])
      }
      if (ts.isPrefixUnaryExpression(inner) && inner.operator === SyntaxKind.ExclamationToken) return either(node, inner, [['not negated', inner.operand]])
      if (ts.isCallExpression(inner) && ts.isPropertyAccessExpression(inner.expression) && (inner.expression.name.text === 'some' || inner.expression.name.text === 'every')) {
        const other = inner.expression.name.text === 'some' ? 'every' : 'some'
        return either(node, inner, [[other, factory.createCallExpression(factory.createPropertyAccessExpression(inner.expression.expression, other), undefined, inner.arguments)]])
      }
      if (ts.isArrayLiteralExpression(inner) && inner.elements.length > 0 && isInCosigners(node)) return either(node, inner, [['not asked for', factory.createArrayLiteralExpression([])]])
      return inner
    }
    return (file_) => ts.visitEachChild(file_, visit, context)
  }])
  const [mutated] = result.transformed
  return { text: ts.createPrinter().printFile(mutated ?? source), mutants }
}

function isRefusing(expression: ts.Expression): boolean {
  return ts.isCallExpression(expression) && ts.isIdentifier(expression.expression) && expression.expression.text.startsWith('refuse')
}

function isInCosigners(node: ts.Node): boolean {
  for (let above: ts.Node | undefined = node.parent; above; above = above.parent) {
    if ((ts.isMethodDeclaration(above) || ts.isPropertyAssignment(above) || ts.isFunctionDeclaration(above)) && above.name?.getText() === 'cosigners') return true
  }
  return false
}
