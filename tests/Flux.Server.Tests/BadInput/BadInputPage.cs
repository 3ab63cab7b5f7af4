namespace Flux.Server.Tests.BadInput;

/// <summary>The ids on the bad-input page, and the entries that answer to them.</summary>
internal static class BadInputPage
{
    /// <summary>Every id as it stands on the page; a new row is added here and gets an entry, or the build fails.</summary>
    public static readonly IReadOnlyList<string> Ids =
    [
        "J01", "J02", "J03", "J04", "J05", "J06", "J07", "J08", "J09", "J10", "J11", "J12", "J13", "J14", "J15", "J16", "J17", "J18",
        "J19",
        "S01", "S02", "S03", "S04", "S05", "S06", "S07", "S08", "S09", "S10", "S11", "S12",
        "I01", "I02", "I03", "I04", "I05", "I06", "I07", "I08", "I09", "I10", "I11", "I12", "I13", "I14", "I15", "I16", "I17", "I18",
        "T01", "T02", "T03", "T04", "T05", "T06", "T07", "T08", "T09", "T10", "T11", "T12", "T13", "T14", "T15",
        "P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "P09", "P10", "P11",
        "A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09", "A10", "A11", "A12", "A13", "A14", "A15", "A16", "A17", "A18",
        "W01", "W02", "W03", "W04", "W05", "W06", "W07", "W08", "W09", "W10", "W11", "W12", "W13", "W14", "W15", "W16", "W17", "W18",
        "W19", "W20", "W21", "W22",
        "Q01", "Q02", "Q03", "Q04", "Q05", "Q06", "Q07", "Q08", "Q09", "Q10", "Q11", "Q12", "Q13",
        "B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B10", "B11",
        "C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08", "C09",
        "K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08", "K09", "K10", "K11", "K12", "K13", "K14", "K15", "K16", "K17",
        "M01", "M02", "M03", "M04", "M05", "M06", "M07", "M08", "M09", "M10",
        "H01", "H02", "H03", "H04", "H05", "H06", "H07", "H08", "H09", "H10", "H11", "H12", "H13", "H14", "H15", "H16",
        "U01", "U02", "U03", "U04", "U05", "U06", "U07", "U08", "U09",
    ];

    public static readonly IReadOnlyList<Row> Rows =
    [
        .. JsonRows.All, .. SizeRows.All, .. IdRows.All, .. EnvelopeRows.All, .. PropertyRows.All, .. AuthenticationRows.All,
        .. SocketRows.All, .. QueryRows.All, .. BatchRows.All, .. ClaimRows.All, .. WebhookRows.All, .. AdminRows.All,
        .. HttpRows.All, .. DashboardRows.All,
    ];

    /// <summary>The place of a row on the page.</summary>
    public static int NumberOf(string id) => Rows.TakeWhile(r => r.Id != id).Count();

    public static Row Find(string id) => Rows.Single(r => r.Id == id);
}
