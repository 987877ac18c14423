using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Cli.Access;

/// <summary><c>cluster limit …</c></summary>
internal static class LimitCommands
{
    private static readonly string[] Columns = ["limit", "on", "asset", "says", "listed"];

    /// <summary>The command and its subcommands.</summary>
    public static Command Create() => new("limit", "Limit how much is paid, how often, and to whom.")
    {
        Set(),
        Remove(),
        List("allow", "List a destination; it may be paid after the waiting time.", (limit, address, requestId) => new AllowDestinationRequest
        {
            RequestId = requestId,
            LimitId = limit,
            Address = address,
        }),
        List("disallow", "Take a destination from the list.", (limit, address, requestId) => new DisallowDestinationRequest
        {
            RequestId = requestId,
            LimitId = limit,
            Address = address,
        }),
        ListAll(),
    };

    private static Argument<string> LimitId() => new("limit") { Description = "The limit's id." };

    private static Command Set()
    {
        var id = LimitId();
        var scope = new ScopeOptions();
        var principal = new Option<string?>("--principal") { Description = "On what this principal pays, from whatever wallet." };
        var asset = new Option<string>("--asset") { Description = "SOL, a mint's address, or * for every asset.", DefaultValueFactory = _ => "SOL" };
        var maxAmount = new Option<ulong>("--max-amount") { Description = "Base units that one payment may have." };
        var secondFactor = new Option<ulong>("--second-factor-from") { Description = "Base units from which on a payment takes a second factor." };
        var window = new Option<TimeSpan?>("--window") { Description = "Over which payments are counted, for example 01:00:00 or 1.00:00:00." };
        var count = new Option<uint>("--count") { Description = "Payments in the window." };
        var total = new Option<ulong>("--total") { Description = "Base units in the window." };
        var listed = new Option<bool>("--only-listed") { Description = "Only listed destinations may be paid." };
        var wait = new Option<TimeSpan?>("--wait") { Description = "How long after having been listed." };
        var command = new Command("set", "Set a limit, or change one.")
        {
            id, scope.Everything, scope.Project, scope.Wallet, principal, asset, maxAmount, secondFactor, window, count, total, listed, wait, Requests.Id,
        };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<Limit>(
            new SetLimitRequest
            {
                RequestId = Requests.IdOf(parsed),
                LimitId = parsed.GetRequiredValue(id),
                Limit = new Limit
                {
                    Scope = ScopeOf(parsed, scope, principal),
                    Asset = parsed.GetRequiredValue(asset),
                    MaxAmount = parsed.GetValue(maxAmount),
                    SecondFactorFrom = parsed.GetValue(secondFactor),
                    Window = parsed.GetValue(window)?.ToDuration(),
                    MaxCount = parsed.GetValue(count),
                    MaxWindowAmount = parsed.GetValue(total),
                    OnlyListed = parsed.GetValue(listed),
                    WaitingTime = parsed.GetValue(wait)?.ToDuration(),
                },
            },
            cancellationToken)));
        return command;
    }

    private static LimitScope ScopeOf(ParseResult parsed, ScopeOptions scope, Option<string?> principal)
    {
        if (parsed.GetValue(principal) is { } who)
        {
            return new LimitScope { Kind = LimitScopeKind.Principal, Id = who };
        }

        var read = scope.Read(parsed);
        return new LimitScope
        {
            Kind = read.Kind switch
            {
                ScopeKind.Project => LimitScopeKind.Project,
                ScopeKind.Wallet => LimitScopeKind.Wallet,
                _ => LimitScopeKind.Everything,
            },
            Id = read.Id,
        };
    }

    private static Command Remove()
    {
        var id = LimitId();
        var command = new Command("remove", "Remove a limit with its list.") { id, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<Limit>(
            new RemoveLimitRequest { RequestId = Requests.IdOf(parsed), LimitId = parsed.GetRequiredValue(id) }, cancellationToken)));
        return command;
    }

    private static Command List(string name, string description, Func<string, string, string, Google.Protobuf.IMessage> request)
    {
        var id = LimitId();
        var address = new Argument<string>("address") { Description = "The recipient's address." };
        var command = new Command(name, description) { id, address, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<Limit>(
            request(parsed.GetRequiredValue(id), parsed.GetRequiredValue(address), Requests.IdOf(parsed)), cancellationToken)));
        return command;
    }

    private static Command ListAll()
    {
        var command = new Command("list", "List limits.");
        command.Calls(async (client, printer, _, cancellationToken) =>
        {
            var limits = new List<Limit>();
            var request = new ListLimitsRequest { PageSize = 1000 };
            do
            {
                var reply = await client.Call<ListLimitsReply>(request, cancellationToken);
                limits.AddRange(reply.Limits);
                request.PageToken = reply.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            printer.Print(limits, Columns, limit => [limit.LimitId, Scope(limit), limit.Asset, Says(limit), Listed(limit)]);
        });
        return command;
    }

    private static void Print(Printer printer, Limit limit) => printer.Print(
        limit,
        ("limit", limit.LimitId),
        ("on", Scope(limit)),
        ("asset", limit.Asset),
        ("says", Says(limit)),
        ("listed", Listed(limit)),
        ("set by", limit.SetBy));

    private static string Scope(Limit limit) => $"{limit.Scope.Kind.ToString().ToLowerInvariant()} {limit.Scope.Id}".Trim();

    private static string Listed(Limit limit) => string.Join(
        ", ", limit.Destinations.Select(listed => $"{listed.Address} from {listed.UsableTime.ToDateTimeOffset():u}"));

    private static string Says(Limit limit) => string.Join("; ", new[]
    {
        limit.MaxAmount > 0 ? $"at most {Amounts.Count(limit.MaxAmount)} a payment" : "",
        limit.SecondFactorFrom > 0 ? $"second factor from {Amounts.Count(limit.SecondFactorFrom)}" : "",
        limit.MaxCount > 0 ? $"{limit.MaxCount} payments in {limit.Window.ToTimeSpan()}" : "",
        limit.MaxWindowAmount > 0 ? $"{Amounts.Count(limit.MaxWindowAmount)} in {limit.Window.ToTimeSpan()}" : "",
        limit.OnlyListed ? $"only listed destinations, {limit.WaitingTime?.ToTimeSpan() ?? TimeSpan.Zero} after" : "",
    }.Where(says => says.Length > 0));
}
