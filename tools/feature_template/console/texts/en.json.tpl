{
  "pages": {
    "@many@": "@Title@"
  },
  "permission": {
    "@many@-read": "Read @title@",
    "@many@-manage": "Write @title@"
  },
  "deed": {
    "@one@-add": "Added @a one@",
    "@one@-change": "Changed @a one@",
    "@one@-archive": "Put @a one@ away",
    "@one@-restore": "Brought @a one@ back",
    "@one@-export": "Exported @title@"
  },
  "help": {
    "@many@": {
      "text": "Say here what this page shows.",
      "how": "Say here what one does with it."
    }
  },
  "intro": "Say here in a line what they are for.",
  "name": "Name",
  "pool": "Pool",
  "text": "Text",
  "changed": "Last change",
  "search": "Search",
  "archived": "Put away",
  "add": "Add @a one@",
  "edit": "Edit",
  "archive": "Put away",
  "restore": "Bring back",
  "none": "There are none yet",
  "noneMore": "Add the first one."
}
