{
  "pages": {
    "@many@": "@中文@"
  },
  "permission": {
    "@many@-read": "查看@中文@",
    "@many@-manage": "编辑@中文@"
  },
  "deed": {
    "@one@-add": "新建@中文@",
    "@one@-change": "修改@中文@",
    "@one@-archive": "归档@中文@",
    "@one@-restore": "恢复@中文@",
    "@one@-export": "导出@中文@"
  },
  "help": {
    "@many@": {
      "text": "请在此用一两句话说明本页显示什么内容、给谁使用、用来做什么。",
      "how": "请在此说明在本页上如何操作。"
    }
  },
  "intro": "请在此用一句话说明其用途。",
  "name": "名称",
  "pool": "坐席组",
  "text": "内容",
  "changed": "最近修改",
  "search": "搜索",
  "archived": "已归档",
  "add": "新建@中文@",
  "edit": "编辑",
  "archive": "归档",
  "restore": "恢复",
  "none": "还没有@中文@",
  "noneMore": "请新建第一条。"
}
