using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.V1;

namespace Cluster.Cli.Access;

/// <summary><c>cluster access …</c></summary>
internal static class AccessCommands
{
    private static readonly string[] PrincipalColumns = ["principal", "name", "may"];
    private static readonly string[] RoleColumns = ["role", "permissions"];

    /// <summary>The command and its subcommands.</summary>
    public static Command Create() => new("access", "Decide who may do what.")
    {
        Principal(),
        Bind("grant", "Bind a role to a principal.", (binding, requestId) => new GrantRoleRequest
        {
            RequestId = requestId,
            PrincipalId = binding.PrincipalId,
            Role = binding.Role,
            Scope = binding.Scope,
            Effect = binding.Effect,
        }),
        Bind("revoke", "Take a binding away.", (binding, requestId) => new RevokeRoleRequest
        {
            RequestId = requestId,
            PrincipalId = binding.PrincipalId,
            Role = binding.Role,
            Scope = binding.Scope,
            Effect = binding.Effect,
        }),
        Get(),
        List(),
        ListRoles(),
    };

    /// <summary>The id of a principal.</summary>
    internal static Argument<string> PrincipalId() => new("principal") { Description = "The principal's id." };

    private static Command Principal()
    {
        var id = PrincipalId();
        var name = new Option<string>("--name") { Description = "Free text for people.", DefaultValueFactory = _ => "" };
        var create = new Command("create", "Make a principal, which may do nothing yet.") { id, name, Requests.Id };
        create.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<Principal>(
            new CreatePrincipalRequest
            {
                RequestId = Requests.IdOf(parsed),
                PrincipalId = parsed.GetRequiredValue(id),
                Name = parsed.GetRequiredValue(name),
            },
            cancellationToken)));
        return new Command("principal", "Make persons and programs known.") { create };
    }

    private static Command Bind(string name, string description, Func<Bound, string, Google.Protobuf.IMessage> request)
    {
        var id = PrincipalId();
        var role = new Argument<Role>("role") { Description = "viewer, operator, admin or owner." };
        var deny = new Option<bool>("--deny") { Description = "Deny instead of allow; a denial wins." };
        var scope = new ScopeOptions();
        var command = new Command(name, description) { id, role, scope.Everything, scope.Project, scope.Wallet, deny, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var bound = new Bound(
                parsed.GetRequiredValue(id),
                parsed.GetValue(role),
                scope.Read(parsed),
                parsed.GetValue(deny) ? Effect.Deny : Effect.Allow);
            Print(printer, await client.Call<Principal>(request(bound, Requests.IdOf(parsed)), cancellationToken));
        });
        return command;
    }

    private static Command Get()
    {
        var id = PrincipalId();
        var command = new Command("get", "Look what a principal may do.") { id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(
            printer,
            await client.Call<Principal>(new GetPrincipalRequest { PrincipalId = parsed.GetRequiredValue(id) }, cancellationToken)));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List principals and what they may do.");
        command.Calls(async (client, printer, _, cancellationToken) =>
        {
            var principals = new List<Principal>();
            var request = new ListPrincipalsRequest { PageSize = 1000 };
            do
            {
                var reply = await client.Call<ListPrincipalsReply>(request, cancellationToken);
                principals.AddRange(reply.Principals);
                request.PageToken = reply.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            printer.Print(principals, PrincipalColumns, principal => [principal.PrincipalId, principal.Name, Bindings(principal)]);
        });
        return command;
    }

    private static Command ListRoles()
    {
        var command = new Command("roles", "Which permissions each role holds.");
        command.Calls(async (client, printer, _, cancellationToken) => printer.Print(
            (await client.Call<ListRolesReply>(new ListRolesRequest(), cancellationToken)).Roles,
            RoleColumns,
            role => [role.Role.ToString().ToLowerInvariant(), string.Join(", ", role.Permissions)]));
        return command;
    }

    private static void Print(Printer printer, Principal principal) => printer.Print(
        principal,
        ("principal", principal.PrincipalId),
        ("name", principal.Name),
        ("may", Bindings(principal)),
        ("created", principal.CreateTime?.ToDateTimeOffset().ToString("u") ?? ""));

    private static string Bindings(Principal principal) => string.Join(", ", principal.Bindings.Select(binding =>
        $"{(binding.Effect == Effect.Deny ? "not " : "")}{binding.Role.ToString().ToLowerInvariant()} on {ScopeOptions.Describe(binding.Scope)}"));

    private sealed record Bound(string PrincipalId, Role Role, Scope Scope, Effect Effect);
}
