"""What things and roles are called in sentences. Codes stay as they are wherever a program reads."""

from __future__ import annotations

from collections.abc import Iterable

from mobile_api.problem import Phrase

_THINGS = {
    "account": "账号",
    "amendment": "补充更正",
    "annotation": "标注",
    "asset": "设备",
    "assignment": "派工",
    "certificate": "证书",
    "checklist_template": "检查表模板",
    "conflict": "冲突",
    "contact": "联系人",
    "customer": "客户",
    "demonstration": "演示记录",
    "deposit": "上交内容",
    "device": "手机",
    "expert_case": "专家会诊",
    "history": "维修历史",
    "inbox_item": "待处理事项",
    "knowledge_article": "知识文章",
    "master_change": "资料更正",
    "media": "影像",
    "message_template": "消息模板",
    "note": "备注",
    "notification": "通知",
    "outlet": "网点",
    "parked_operation": "暂存操作",
    "part": "备件",
    "phone_digest": "手机清单",
    "service_contract": "服务合同",
    "service_report": "服务报告",
    "service_request": "服务请求",
    "shift": "班次",
    "sign_off": "签收",
    "site": "地点",
    "skill": "技能",
    "solution_option": "方案",
    "step_result": "检查结果",
    "stock_level": "库存",
    "stock_location": "库位",
    "stock_move": "出入库记录",
    "technician": "技术员",
    "technician's_account": "技术员账号",
    "territory": "服务区域",
    "time_entry": "工时",
    "verdict": "专家结论",
    "visit": "上门任务",
    "warranty_term": "保修条款",
    "work_order": "工单",
}
_ROLES = {
    "admin": "管理员",
    "auditor": "审计员",
    "dispatcher": "调度员",
    "expert": "专家",
    "intake": "受理员",
    "storekeeper": "库管员",
    "supervisor": "主管",
    "technician": "技术员",
}


def thing(code: str) -> Phrase:
    """A kind of record, such as `work_order`."""
    words = code.replace("_", " ")
    return Phrase(words, _THINGS.get(code, words))


def roles(codes: Iterable[str]) -> Phrase:
    """Several roles, one after the other."""
    known = sorted(codes)
    return Phrase(", ".join(known), "、".join(_ROLES[one] for one in known))
