"""Closed classes of English words that tell what a capitalised phrase is."""


def words_of(text: str) -> frozenset[str]:
    """The words of a text, as a class."""
    return frozenset(text.split())


HONORIFICS = words_of(
    "Mr Mr. Mrs Mrs. Ms Ms. Miss Mx Dr Dr. Prof Prof. Professor Sir Dame Lord Lady Baroness Baron Count "
    "Madam Madame Monsieur Rev Rev. Reverend Fr Fr. Father Sister Brother Pastor Bishop Archbishop "
    "Cardinal Pope Imam Rabbi Sheikh Sheikha Ayatollah Mullah Maulana Prince Princess King Queen Emperor "
    "Emir Sultan Duke Duchess Earl Saint Hon Hon. Honourable Honorable Sen Sen. Senator Rep Rep. Gov Gov. "
    "Gen Gen. Col Col. Capt Capt. Lt Lt. Maj Maj. Sgt Sgt. Cpl Pte Adm Adm. Brig Brig. Cmdr General "
    "Colonel Captain Lieutenant Major Sergeant Corporal Private Admiral Brigadier Commander Marshal "
    "Constable Inspector Detective Superintendent Officer Deputy Sheriff Shri Smt Datuk Tan Hajji Comrade "
    "Uncle Aunt Grandma Grandpa Auntie Coach Chef DJ"
)
"""Words before a person's name that make what follows a person, and are no part of the name."""

ROLES = words_of(
    "President Premier Chancellor Governor Mayor Minister Secretary Ambassador Congressman Congresswoman "
    "Councillor Councilman Councilwoman Councilmember Senator Representative Assemblyman Judge Justice "
    "Speaker Chairman Chairwoman Chairperson Chair Chief Director Executive CEO CFO COO CTO Spokesman "
    "Spokeswoman Spokesperson MP MEP MLA MSP TD Attorney Solicitor Commissioner Prosecutor Leader Editor "
    "Correspondent Reporter Author Actor Actress Singer Manager Founder Co-founder Analyst Economist "
    "Envoy Undersecretary Treasurer Whip Chaplain Dean Advisor Adviser Counsel Counselor Laureate "
    "Candidate Sen Rep Lawyer Vice-President Administrator Midfielder Striker Goalkeeper Defender "
    "Quarterback Pilot Researcher Writer"
)
"""Offices and trades: a title when a name follows, else part of a description."""

ROLE_PARTS = words_of(
    "Former Ex Prime Vice Deputy Acting Interim Foreign Home Defence Defense Finance Interior Health "
    "Education Justice Environment Energy Labour Trade Transport Culture Agriculture Economy Chief "
    "Associate Assistant Senior First Supreme House Senate Majority Minority State Attorney General Press "
    "Executive Managing Crown Police Fire Lead Head Co Shadow Climate Treasury Union Cabinet Opposition "
    "Party Security National Communications"
)
"""Words before a role that belong to it: "Deputy Prime Minister", "Defence Secretary"."""

SAYING = words_of(
    "said says told added tweeted wrote explained argued insisted admitted claimed announced stated noted "
    "recalled replied warned asked thinks believes"
)

LOCATIVES = words_of(
    "in at near from outside around across inside throughout toward towards via into visiting"
)
"""Prepositions that announce a place when a known place follows."""

FUNCTION = words_of(
    "a about above according across after again against all almost along already also although always am "
    "amid among an and another any anyone anything are around as asked at away back be because been "
    "before behind being below besides best between beyond both but by can cannot could dear despite did "
    "do does don't don’t doing done down due during each early either else elsewhere enough even "
    "eventually ever every everyone everything except few finally first following for former formerly "
    "from full further generally get given go going good great had half has have having he hello hence "
    "her here hers herself hi him himself his how however i if in including indeed inside instead into is "
    "isn't it its itself just keep last late later least less let like likely little live long look made "
    "make many may maybe me meanwhile might mine more moreover most mostly much must my near nearly never "
    "nevertheless new next no nobody none nonetheless nor not nothing now of off often oh ok okay on once "
    "one only onto or original other others otherwise our ours out outside over overall own part per "
    "perhaps please possibly previously probably put quite rather read really recent recently right said "
    "same say says see seems several she should similarly since so some someone something sometimes soon "
    "speaking still such take than thank thanks that that's that’s the their theirs them then there "
    "there's there’s therefore these they they're they’re this those though three through throughout thus "
    "to today together tomorrow too top toward towards two under unfortunately unless unlike until up "
    "upon us use used usually very via was watch we we're we’re well were what whatever when whenever "
    "where whereas wherever whether which while who whoever whom whose why will with within without won't "
    "won’t would yes yesterday yet you you're you’re your yours i'm i’m i've i’ve it's it’s he's he’s "
    "she's she’s what's what’s let's let’s here's here’s didn't doesn't isn’t four five six seven eight "
    "nine ten adding based born breaking click exclusive photo picture image video source sources updated "
    "second third earlier officials police experts critics scientists researchers residents women men "
    "children students workers voters republicans democrats additionally currently originally certainly "
    "clearly obviously especially particularly increasingly locals families parents authorities "
    "investigators god christmas easter ramadan covid covid-19 coronavirus internet"
)
"""Words that at the head of a sentence are capitalised for that alone."""

CALENDAR = words_of(
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July "
    "August September October November December Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec Mondays "
    "Tuesdays Wednesdays Thursdays Fridays Saturdays Sundays Christmas Easter Ramadan Eid Diwali "
    "Thanksgiving Halloween Hanukkah AM PM GMT BST EST EDT PST ET UTC IST AD BC"
)

ORG_HEADS = words_of(
    "Group Inc Inc. Corp Corp. Ltd Ltd. Limited LLC LLP PLC Plc plc AG GmbH SA Co Co. Company Companies "
    "Corporation Bank Banking Ministry Department Dept Agency Authority Commission Committee Council "
    "Court Courts Party Union Association Federation Confederation Foundation Institute Institution "
    "University College School Schools Academy Society Club FC F.C. CF SC AFC RFC Police Army Navy Force "
    "Forces Guard Guards Office Bureau Board Trust Fund League Congress Parliament Assembly Senate Times "
    "Post News Journal Herald Tribune Gazette Telegraph Observer Standard Guardian Chronicle Mail Mirror "
    "Express Today Magazine Media Press Radio TV Television Network Networks Broadcasting Studios Records "
    "Airlines Airways Airline Motors Energy Petroleum Pharmaceuticals Pharma Technologies Technology "
    "Systems Software Solutions Holdings Partners Capital Ventures Industries Services Service "
    "Administration Alliance Coalition Movement Front Brigade Brigades Battalion Regiment Organization "
    "Organisation Organizations Centre Center Treasury Secretariat Tribunal Initiative Team United Rovers "
    "Wanderers Albion Hotspur Athletic Insurance Healthcare Orchestra Choir Ballet Exchange Labs "
    "Laboratory Laboratories Analytics Research Consulting Associates Advisors Securities Investments "
    "Entertainment Pictures Productions Publishing Publications Church Diocese Archdiocese Ministries "
    "Cabinet Government Caucus Commons Lords Command Corps Division Squad Unit Taskforce Directorate "
    "Inspectorate Ombudsman Watchdog Watch Campaign Project Forum Think-tank Rights Constabulary Militia "
    "Mujahideen Jihad Cartel Mafia Brotherhood Resistance Democrats Republicans Greens Workers Teachers "
    "Nurses Reds Eagles Lions Tigers Bears Cubs Warriors Lakers Giants Kings Knights Patriots Cowboys "
    "Yankees Raiders Bulls Hawks Sharks Rangers Wolves Capitals Challengers Indians Royals International "
    "Crescent Cross Communications Logistics Automotive Aerospace Robotics Biosciences Therapeutics "
    "Electronics Electric Steel Chamber Conference Faculty Sciences Medicine Engineering Registry "
    "Supermarkets Stores Foods Brewery Mission"
)
"""Last words of organisations' names."""

PLACE_HEADS = words_of(
    "River Lake Sea Ocean Bay Gulf Mountain Mountains Valley Island Islands Peninsula Desert Forest Park "
    "Street St Road Rd Avenue Ave Boulevard Lane Square Bridge Airport Station Port Harbour Harbor Beach "
    "Coast Hill Hills Province Region State County District City Town Township Village Prefecture Oblast "
    "Governorate Canal Dam Strait Stadium Arena Palace Castle Cathedral Tower Towers Plaza Highway "
    "Hospital Hotel Prison Jail Camp Base Temple Mosque Basilica Zone Border Heights Garden Gardens Falls "
    "Springs Cemetery Memorial Monument Museum Checkpoint Territory Territories Basin Delta Plateau "
    "Glacier Reef Reserve Sanctuary Theatre Theater Library Hall Gallery Building Center Mall Market "
    "Expressway Motorway Tunnel Wharf Pier Quarter Neighborhood Creek Canyon Cave Ridge Summit Pass "
    "Crossing Coliseum Clinic Speedway Chapel Abbey Shrine Terminal Airfield Republic Kingdom Court"
)
"""Last words of places and of buildings."""

EVENT_HEADS = words_of(
    "War Wars Cup Olympics Games Championship Championships Festival Summit Prix Open Marathon Revolution "
    "Uprising Massacre Trophy Holocaust Intifada Ashes Playoffs Finals Final Bowl Biennale Expo "
    "Tournament Derby Spring Series Referendum Crisis Earthquake Hurricane Typhoon Cyclone Storm"
)
PARTICLES = words_of(
    "de da del della der den van von bin ibn bint al el la le di dos du ten ter af zu abu y e ul"
)
SUFFIXES = words_of("Jr Jr. Sr Sr. II III IV VI")
ARTICLES = words_of("a an A An")

NOT_TOWNS = words_of(
    "Of Most Best Date Same Bar Police March August Man Union Central Western Eastern Northern Southern "
    "Center Centre Bank Republic Independence Liberty Hope Progress Price Media Normal Friendship Federal "
    "University College Hospital Industry Commerce Enterprise Reform Justice"
)
"""Towns whose names are read as ordinary words even after a preposition."""
ABBREVIATIONS = words_of(
    "Mr Mrs Ms Dr St Gen Sen Rep Gov Lt Col Maj Sgt Jr Sr Inc Co Ltd Corp vs No Prof Rev Capt Mt Ft Hon "
    "Jan Feb Aug Sep Sept Oct Nov Dec"
)
"""A full stop after one of these, or after a single capital, ends no sentence."""
HYPHENATED = words_of("based led controlled backed run owned born style made era area wide held")
"""What follows a name and a hyphen without being part of it: "Hong Kong-based"."""
