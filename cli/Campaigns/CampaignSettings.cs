using System.CommandLine;
using Cluster.V1;

namespace Cluster.Cli.Campaigns;

/// <summary>The options that say how a campaign pays.</summary>
internal sealed class CampaignSettings
{
    private readonly Option<string> _wallet = new("--wallet") { Description = "The wallet that pays.", Required = true };
    private readonly Option<string> _mint = new("--mint") { Description = "The token; SOL where it is not given.", DefaultValueFactory = _ => "" };
    private readonly Option<string> _name = new("--name") { Description = "Free text for people.", DefaultValueFactory = _ => "" };
    private readonly Option<uint> _lanes = new("--lanes") { Description = "Over how many wallets the payments are spread, 1 to 64; 0 leaves it to the cluster." };
    private readonly Option<string> _duplicates = Choice("--duplicates", "What to do with an address that comes again.", "reject", "merge", "keep");
    private readonly Option<string> _offCurve = Choice("--off-curve", "What to do with an owner that is a program's address.", "reject", "allow");

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    public void AddTo(Command command)
    {
        command.Options.Add(_wallet);
        command.Options.Add(_mint);
        command.Options.Add(_name);
        command.Options.Add(_duplicates);
        command.Options.Add(_offCurve);
        command.Options.Add(_lanes);
    }

    /// <summary>The request that the options make.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="requestId">The id of the request.</param>
    public CreateCampaignRequest Request(ParseResult parsed, string campaignId, string requestId) => new()
    {
        RequestId = requestId,
        CampaignId = campaignId,
        Name = parsed.GetRequiredValue(_name),
        WalletId = parsed.GetRequiredValue(_wallet),
        Mint = parsed.GetRequiredValue(_mint),
        Lanes = parsed.GetValue(_lanes),
        Duplicates = parsed.GetRequiredValue(_duplicates) switch
        {
            "merge" => DuplicatePolicy.DuplicatesMerge,
            "keep" => DuplicatePolicy.DuplicatesKeep,
            _ => DuplicatePolicy.DuplicatesReject,
        },
        OffCurve = parsed.GetRequiredValue(_offCurve) == "allow" ? OffCurvePolicy.OffCurveAllow : OffCurvePolicy.OffCurveReject,
    };

    /// <summary>An option with a few values, of which the first is the default.</summary>
    private static Option<string> Choice(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0] };
        option.AcceptOnlyFromAmong(values);
        return option;
    }
}
