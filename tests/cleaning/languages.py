# ruff: noqa: E501 -- sample texts read best whole
"""Invented articles and menus in languages whose scripts differ in capitals, spaces and stops."""

ARTICLES = {
    "de": (
        "Startseite|Politik|Wirtschaft|Kultur|Wetter|Reise|Auto|Wissen",
        "Die Fähre zwischen Altenhafen und Marschort hat am Freitag zum ersten Mal seit elf Jahren wieder Fahrgäste über den Fluss gebracht.",
        "Rund zweihundert Menschen warteten im Regen am Kai, einige von ihnen schon vor Sonnenaufgang, und die Kapelle der Feuerwehr spielte dazu.",
        "„Wir haben nie geglaubt, dass sie das letzte Boot verkaufen würden“, sagte die frühere Leiterin der Fahrkartenstelle am Hafen.",
        "Der Rat will im März entscheiden, ob die Linie auch im Winter fahren soll und was eine Überfahrt dann kosten darf.",
    ),
    "fr": (
        "Accueil|Politique|Économie|Culture|Météo|Voyages|Sciences|Abonnés",
        "Le bac entre Vieux-Port et la pointe du marais a transporté vendredi ses premiers passagers depuis onze ans, a annoncé la capitainerie.",
        "Environ deux cents personnes attendaient sous la pluie, certaines depuis l’aube, et la fanfare des pompiers jouait sur le quai.",
        "« Nous n’avons jamais cru qu’ils vendraient le dernier bateau », a confié l’ancienne responsable du guichet.",
        "Le conseil décidera en mars si la ligne doit aussi fonctionner en hiver et combien pourra coûter une traversée.",
    ),
    "ru": (
        "Главная|Политика|Экономика|Культура|Погода|Спорт|Наука|Архив",
        "Паром между старой гаванью и болотным мысом в пятницу впервые за одиннадцать лет перевёз пассажиров через реку, сообщила администрация порта.",
        "Около двухсот человек ждали под дождём, некоторые ещё до рассвета, а на набережной играл оркестр пожарной части.",
        "«Мы никогда не верили, что они продадут последнюю лодку», сказала бывшая заведующая билетной кассой.",
        "Совет решит в марте, будет ли линия работать и зимой и сколько будет стоить одна поездка через реку.",
    ),
    "ar": (
        "الرئيسية|سياسة|اقتصاد|ثقافة|الطقس|رياضة|علوم|أرشيف",
        "نقلت العبّارة بين الميناء القديم ورأس المستنقع يوم الجمعة أول ركابها منذ أحد عشر عاما كما أعلن مكتب الميناء في بيان له.",
        "وانتظر نحو مئتي شخص تحت المطر لعبور النهر وكان بعضهم هناك قبل الفجر وعزفت فرقة رجال الإطفاء على الرصيف طوال الصباح.",
        "وقالت المديرة السابقة لمكتب التذاكر إنها لم تصدق يوما أنهم سيبيعون القارب الأخير لأن المدينة كانت تحتاج إليه كثيرا.",
        "وسيقرر المجلس في آذار هل يعمل الخط في الشتاء أيضا وكم ستكون كلفة الرحلة الواحدة عبر النهر بعد ذلك.",
    ),
    "ja": (
        "ホーム|政治|経済|文化|天気|スポーツ|科学|動画",
        "旧港と湿地岬を結ぶ渡し船が金曜日、十一年ぶりに乗客を運んだと港湾事務所が発表した。船は朝七時に最初の便を出した。",
        "雨の中でおよそ二百人が列を作り、夜明け前から待っていた人もいた。岸壁では消防団の楽隊が演奏を続けていた。",
        "かつて切符売り場の責任者だった女性は「最後の船を売ってしまうとは思っていなかった」と話し、岸に集まった人々に手を振った。",
        "町議会は三月に、冬のあいだも運航を続けるかどうか、また片道の運賃をいくらにするかを決める予定である。",
    ),
    "hi": (
        "मुखपृष्ठ|राजनीति|व्यापार|संस्कृति|मौसम|खेल|विज्ञान|वीडियो",
        "पुराने बंदरगाह और दलदली अंतरीप के बीच चलने वाली नौका ने शुक्रवार को ग्यारह साल बाद पहली बार यात्रियों को नदी के पार पहुँचाया।",
        "करीब दो सौ लोग बारिश में इंतज़ार कर रहे थे, उनमें से कुछ भोर से पहले ही आ गए थे, और घाट पर दमकल विभाग का बैंड बज रहा था।",
        "टिकट घर की पूर्व प्रमुख ने कहा कि उन्हें कभी विश्वास नहीं हुआ था कि वे आख़िरी नाव भी बेच देंगे और रास्ता बंद हो जाएगा।",
        "परिषद मार्च में तय करेगी कि सर्दियों में भी यह सेवा चलेगी या नहीं और एक यात्रा का किराया कितना रखा जाएगा।",
    ),
}
MENUS = {language: tuple(texts[0].split("|")) for language, texts in ARTICLES.items()}
BODIES = {language: texts[1:] for language, texts in ARTICLES.items()}
