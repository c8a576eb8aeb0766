import type { Wording } from './index.ts'

export const zh = {
  titles: {
    'invalid-request': '提交的内容有误', 'invalid-json': '请求体不是 JSON', 'unsupported-media-type': '此操作不接受这种类型的请求体', 'payload-too-large': '提交的内容过大', 'not-found': '查无此项，或您无权查看', 'method-not-allowed': '此地址不支持该方法', 'not-acceptable': '无法以所要求的形式答复',
    'not-signed-in': '请先登录', 'bad-credentials': '账号与密码（或密钥）不符', 'locked-out': '失败次数过多，账号暂时锁定', forbidden: '您无权进行此操作', csrf: '该请求并非来自本网站', 'too-many-requests': '请求过于频繁，请稍候', 'session-expired': '登录已失效，请重新登录',
    'invitation-invalid': '邀请已使用、已撤回或已过期', 'demo-off': '演示账号已关闭', 'idempotency-key-reused': '该 Idempotency-Key 已用于另一请求', 'idempotency-in-flight': '相同的请求正在处理', 'revision-conflict': '期间已有他人保存', 'email-taken': '该邮箱已注册',
    'company-exists': '该证件号的企业已登记', 'weak-password': '密码过于简单', 'last-administrator': '企业须保留管理员：这是最后一位', 'draft-frozen': '草稿已冻结，请先撤回', 'draft-faulty': '草稿仍有错误', 'draft-not-sent': '草稿尚未送审', 'not-ready-to-issue': '尚不能签发',
    'cargo-departed': '货物已发运', 'release-not-prepared': '尚未为该提单生成提货码', 'commitment-unknown': '该哈希不对应此处保存的条款', 'unreadable-file': '文件无法读取', 'unknown-file-type': '不接受此类文件', 'too-many-rows': '文件行数过多', 'signing-request-closed': '该指令已不再等待签名',
    'signature-not-wanted': '该指令并不等待此签名', 'ledger-unavailable': '账本暂无应答，可原样重发指令', 'database-unavailable': '数据库暂无应答，请重试', 'render-unavailable': '暂时无法生成单证，请重试', internal: '系统内部出错',
    'malformed-command': '指令格式有误', 'wrong-network': '指令属于另一账本网络', 'unknown-action': '账本没有此动作', 'command-expired': '指令已过期，请重新签名', 'command-from-the-future': '签名方时钟超前', 'command-id-reused': '指令编号已用于另一指令', 'stale-sequence': '期间已有新记录，请查看后重新签名',
    'stale-head': '指令所接续的记录不符，请查看后重新签名', 'unknown-bill': '查无此提单，或您无权查看', 'bill-exists': '该提单已在账本上', 'unknown-party': '账本上没有该主体', 'party-exists': '该主体已在账本上', 'unknown-organisation': '账本网络中没有该机构', 'unknown-key': '账本上没有该密钥', 'key-exists': '该密钥已登记', 'key-revoked': '该密钥已吊销',
    'key-not-of-party': '该密钥属于另一主体', 'key-lacks-purpose': '该密钥不可用于此目的', 'bad-signature': '签名与指令不符', 'duplicate-signature': '同一密钥重复签名', 'second-person-required': '须由本企业第二人共同签名', 'proof-of-possession-missing': '新密钥须自行签名', 'approval-missing': '须由本企业管理员共同签名',
    'registrar-required': '仅登记机构可为', 'last-admin-key': '这是最后一把管理员密钥', 'key-id-mismatch': '密钥编号与公钥不符', 'unsupported-algorithm': '密钥不是 P-256 密钥', 'not-approved': '托运人尚未确认', 'not-shipper': '仅托运人可为', 'not-carrier': '仅承运人可为', 'wrong-document-hash': '单证与已确认的不一致',
    'document-already-issued': '该单证已签发', 'container-on-live-bill': '集装箱已在另一份有效提单上', 'container-not-received': '集装箱尚未收妥', 'duplicate-container': '集装箱重复', 'no-containers': '提单上没有集装箱', 'kind-mismatch': '提单种类与持有人不符', 'party-lacks-role': '该主体不具备相应角色', 'not-issued': '提单尚未签发',
    'bill-void': '提单已作废', 'bill-accomplished': '货物已交付', 'bill-surrendered': '提单已缴回', 'bill-held': '提单已冻结', 'bill-pledged': '提单已质押，未经银行不得流转', 'offer-open': '有未决的转让要约', 'surrender-pending': '缴回待承运人处理', 'not-titleholder': '仅权利人可为', 'not-possessor': '仅占有人可为', 'not-holder': '仅持有人可为',
    'bill-straight': '记名提单不可背书', 'not-negotiable': '该提单不可流通', 'endorsement-final': '已作记名背书，不可再背书', 'same-party': '转让方与受让方相同', 'recipient-unknown': '账本上没有受让方', 'no-offer': '没有未决要约', 'offer-expired': '要约已过期', 'not-recipient': '要约的对象是他人', 'expiry-too-far': '期限过长',
    'only-to-consignee': '记名提单只能交给收货人', 'pledge-proposed': '已有质押提议', 'no-pledge-proposal': '没有质押提议', 'not-pledged': '提单未质押', 'not-pledgee': '仅质权人可为', 'pledgee-must-sign': '须质权人共同签名', 'not-a-bank': '仅银行可接受质押', 'not-pledgeable': '该提单不可质押', 'no-surrender-request': '没有缴回申请',
    'not-accepted-for-delivery': '尚未受理为提货缴回', 'not-accepted-for-amendment': '尚未受理为改单缴回', 'container-not-on-bill': '集装箱不在该提单上', 'container-already-delivered': '集装箱已交付', 'bad-release-code': '提货码不符', 'release-code-expired': '提货码已过期', 'release-codes-incomplete': '每箱均须有提货码',
    'not-delivery-party': '仅承运人或场站可交付', 'freight-unpaid': '运费未结清', 'shipper-must-sign': '须托运人共同签名', 'endorsed-before': '提单已离开过托运人', 'successor-exists': '提单已有后继提单',
    'other-surrender-reason': '持有人缴回提单是为了另一事项', 'duplicate-successor': '两份新提单的编号或单证相同', 'containers-left-out': '有集装箱不在任何一份新提单上', 'bills-differ': '提单之间有须一致而不一致之处，不能合并',
    'duplicate-bill': '提单重复', 'fixed-part-changed': '转换提单不得改变货物、日期、集装箱或数量', 'negotiable-sub-document': '本次运输的区段单证是可流通的', 'bill-on-paper': '提单已转为纸质',
    'not-on-paper': '提单并未转为纸质', 'paper-set-incomplete': '纸质正本不齐', 'duplicate-serial': '正本编号重复', 'holder-must-sign': '须交回纸质提单的持有人共同签名',
  },
  details: {
    'locked-out': '请于 {until} 之后再试。', 'too-many-requests': '请于 {seconds} 秒后再试。', 'payload-too-large': '最多 {limit} 字节。', 'unsupported-media-type': '请发送 {wanted}。', 'method-not-allowed': '此处支持：{allow}。', 'stale-sequence': '指令接续第 {expects} 条记录，现为第 {have} 条。',
    'container-on-live-bill': '箱号：{container}。', 'container-not-received': '箱号：{container}。', 'duplicate-container': '箱号：{container}。', 'container-not-on-bill': '箱号：{container}。', 'container-already-delivered': '箱号：{container}。', 'command-expired': '有效期至 {notAfter}。',
    'offer-expired': '有效期至 {expiresAt}。', 'too-many-rows': '最多 {limit} 行。', 'invalid-json': '错误在第 {position} 个字符附近。', internal: '请将请求编号告知运营方。',
  },
  faults: {
    required: '缺失', 'wrong-type': '应为 {expected}', 'too-short': '少于 {minimum} 个字符', 'too-long': '超过 {maximum} 个字符', 'too-small': '小于 {minimum}', 'too-big': '大于 {maximum}', 'too-few': '少于 {minimum} 项', 'too-many': '多于 {maximum} 项', 'wrong-format': '格式不正确', 'not-one-of': '不在可选范围内：{values}',
    'unknown-field': '此处没有该字段', 'no-alternative-fits': '不符合任何可接受的形式', 'invalid-characters': '含有文本中不允许的字符', 'too-deep': '嵌套过深', 'not-right': '有误', 'file-missing': '缺少文件：请以 file 字段上传', 'one-file-only': '每次只能上传一个文件', 'not-grantable': '不可授予系统', 'common-password': '是人人最先尝试的密码之一',
    'password-is-email': '不得由邮箱地址构成', 'wrong-subject': '不是该企业在账本上的主体', 'wrong-action': '应为 {expected}', 'wrong-key': '与地址中的密钥不同',
  },
  shapes: {
    'the check character does not fit': '校验位不符', 'the check digits do not fit': '校验位不符', 'a credit code is 18 digits or capitals without I, O, S, V, Z': '统一社会信用代码为 18 位数字或大写字母（不含 I、O、S、V、Z）', 'an LEI is 18 digits or capitals and two check digits': 'LEI 为 18 位数字或大写字母加两位校验码',
    'the check digit does not fit': '校验位不符', 'a bill number is four letters, ten digits and a check character': '提单号为 4 位字母、10 位数字加 1 位校验字符', 'a container number is four letters, the last U, J or Z, and seven digits': '箱号为 4 位字母（末位 U、J 或 Z）加 7 位数字',
    'an amount is text with two decimals, like 3860.00': '金额为带两位小数的文本，如 3860.00', 'a VAT number starts with its country, like DE811234567': '增值税号以国家代码开头，如 DE811234567', 'a VAT number starts with its country': '增值税号以国家代码开头', 'an ISO 3166 country code': '应为 ISO 3166 国家代码', 'a company needs a credit code, an LEI or a VAT number': '企业须有统一社会信用代码、LEI 或增值税号', 'a company id': '应为企业编号', 'a person id': '应为人员编号', 'a draft id': '应为草稿编号',
    'a bill id is b and 32 hex digits': '提单标识为 b 加 32 位十六进制数', 'a party id is p and 32 hex digits': '主体标识为 p 加 32 位十六进制数', 'a key id is k and 40 hex digits': '密钥编号为 k 加 40 位十六进制数', 'a person tag is u and 32 hex digits': '人员标识为 u 加 32 位十六进制数', 'a command id is a UUIDv7': '指令编号应为 UUIDv7',
    'a hash is 64 lower-case hex digits': '哈希为 64 位小写十六进制数', 'a moment is UTC with milliseconds, like 2026-11-24T12:00:00.000Z': '时刻应为带毫秒的 UTC，如 2026-11-24T12:00:00.000Z', 'no such moment': '没有这样的时刻', 'an ES256 signature is 64 bytes in base64url': 'ES256 签名为 64 字节的 base64url',
  },
} as const satisfies Wording
